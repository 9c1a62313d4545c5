"""Addresses of counters."""

from django.urls import path

from counters.views import agents, citizens, closing, managers, operators, searches

app_name = "counters"
urlpatterns = [
    path("slots/", agents.slots, name="slots"),
    path("slots/<uuid:pk>/", agents.slot, name="slot"),
    path("slots/<uuid:pk>/move/", agents.move, name="move"),
    path("slots/<uuid:pk>/assign/", agents.assign, name="assign"),
    path("close/", closing.close, name="close"),
    path("planned/", agents.planned, name="planned"),
    path("replan/", agents.replan, name="replan"),
    path("without-status/", agents.no_status, name="no_status"),
    path("appointments/<uuid:pk>/", agents.appointment, name="appointment"),
    path("appointments/<uuid:pk>/change/", agents.change, name="change"),
    path("appointments/<uuid:pk>/cancel/", agents.cancel, name="cancel"),
    path("appointments/<uuid:pk>/mark/", agents.mark, name="mark"),
    path("searches/save/", searches.save, name="save_search"),
    path("searches/<uuid:pk>/delete/", searches.delete, name="delete_search"),
    path("persons/", agents.persons, name="persons"),
    path("persons/<uuid:pk>/", agents.person, name="person"),
    path("counters/", managers.counters, name="counters"),
    path("counters/add/", managers.add_counter, name="add_counter"),
    path("counters/<uuid:pk>/", managers.counter, name="counter"),
    path("records/", operators.records, name="all_records"),
    path("records/<slug:key>/", operators.records, name="records"),
    path("records/<slug:key>/add/", operators.add_record, name="add_record"),
    path("records/<slug:key>/<uuid:pk>/", operators.record, name="record"),
    path("", citizens.types, name="types"),
    path("mine/", citizens.mine, name="mine"),
    path("type/<uuid:pk>/", citizens.places, name="places"),
    path("type/<uuid:pk>/<uuid:place>/", citizens.times, name="times"),
    path("take/", citizens.take, name="take"),
    path("mine/<uuid:pk>/check/", citizens.check, name="check"),
    path("mine/<uuid:pk>/done/", citizens.done, name="done"),
    path("mine/<uuid:pk>/calendar/", citizens.calendar, name="calendar"),
    path("mine/<uuid:pk>/give-back/", citizens.give_back, name="give_back"),
    path("mine/<uuid:pk>/cancel/", citizens.cancel, name="cancel_mine"),
]
