"""Published numbers put to the test: can this device have done that?"""
