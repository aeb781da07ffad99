"""One platform for the folder: as a package it is gone when the last of its tests is done."""
