"""How days and hours are written where no page says it itself; Django looks here by settings.FORMAT_MODULE_PATH."""
