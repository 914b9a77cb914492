"""Tests, laid out as the packages are."""

from tests import typechecking as typechecking
