"""The speed of work, fitted on published measurements: question, clues, kernel, interval."""
