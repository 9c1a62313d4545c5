"""The machine of whoever develops or tries Perron (`python3 run.py`)."""

from config.settings.base import *

env.check()
