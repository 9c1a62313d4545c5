"""Messages: rows written with the facts they tell; sent by the worker (DESIGN §6).

`outbox.queue` writes one, `outbox.send_due` sends, `transport` and `sms` know the wires.
"""
