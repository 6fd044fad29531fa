"""Set up Microsoft Teams safely in schools in England: class teams, pupils' policies, recordings and a call log."""

__version__ = "0.1.0"
