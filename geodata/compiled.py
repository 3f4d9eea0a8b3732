"""Compiled functions: the loops over single nodes that arrays cannot say.

A module that imports this one loads numba: only what groups ground or places the buildings of a city does, when asked to.
Functions that call each other stand in one module: the cache on disk notices changes of a function's own file alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function, compiled at its first call and kept on disk where that can be written; every call gives the same numbers."""
    try:
        return cast("Function", njit(cache=True, error_model="numpy")(function))
    except RuntimeError:  # neither beside the source nor in the user's folder: it is compiled in every process
        return cast("Function", njit(error_model="numpy")(function))


_WITHOUT_WRAPPERS: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What Python or C would need to call a function: half of the time to compile it."""


def inner(function: Function) -> Function:
    """Return a function that compiled ones call, and Python never: it is compiled with them, and kept with them."""
    return cast("Function", njit(error_model="numpy", **_WITHOUT_WRAPPERS)(function))
