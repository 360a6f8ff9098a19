"""All blueprints, in the order of the rooms. A new room adds its line here."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
