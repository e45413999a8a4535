"""Tells the stories of a soak one after the other, and checks the invariants after each."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

from bench.soak import company, invariants, service
from bench.soak.load import Load
from bench.soak.report import Told
from bench.soak.service import NeverHealthy
from bench.soak.stories import Scene, Sizes
from tests.support.world import World, world_of

Progress = Callable[[str], None]


async def tell(told: list[Told], folder: Path, sizes: Sizes, seconds: float, show: Progress) -> None:
    """Tell all stories in turns, each at least once, until this time has passed. Notes what happened in `told`.

    A soak ends early if a story breaks an invariant, because its violations would be found after each later one.
    """
    async with AsyncExitStack() as stack:
        show("starting usher run and usher worker")
        running = stack.enter_context(service.started(folder))
        world = await stack.enter_async_context(world_of(running.url))
        companies, people = await company.found(world)
        scene = Scene(running, companies, people, sizes)
        load = Load(running.address, companies, Random(1))  # noqa: S311 - no secret
        deadline = time.monotonic() + seconds
        while not all(one.counts for one in told) or time.monotonic() < deadline:
            for one in told:
                if one.counts and time.monotonic() > deadline:
                    break
                await _tell(one, scene, load, world)
                show(_summary(one))
                if one.broken:
                    return


async def _tell(told: Told, scene: Scene, load: Load, world: World) -> None:
    """Tell a story once, while people work, and check the invariants when they have stopped."""
    async with load.running() as counts:
        await asyncio.sleep(scene.sizes.seconds / 4)
        act = await told.story.act(scene)
        try:
            await scene.service.wait_healthy(act.killed)
        except NeverHealthy as missing:
            told.broken.append(f"the service becomes healthy again (missing: {missing})")
        else:
            told.healthy.append(time.monotonic() - act.at)
        if act.killed:
            await asyncio.sleep(scene.sizes.seconds)
    told.counts.append(counts)
    if act.measured:
        told.measured.append(act.measured)
    if act.met is not None:
        told.met.append(act.met)
    pools = [one.pool for one in scene.companies]
    told.broken += await invariants.broken(world.engine, pools, load.sent)
    told.broken += [f"nobody without the right changes a seat ({load.usurped} did)"] * bool(load.usurped)
    told.broken += [f"no defect in the log ({event} × {number})" for event, number in scene.service.defects().items()]


def _summary(told: Told) -> str:
    counts, parts = told.counts[-1], []
    parts.append(f"{told.story.name}: {counts.succeeded} succeeded")
    parts.append(f"{counts.refused.total()} refused, {counts.failed.total()} failed")
    parts.append(f"healthy after {told.healthy[-1]:.1f} s" if told.healthy else "never healthy")
    if told.measured:
        parts.append(told.measured[-1])
    parts.append("; ".join(f"BROKEN: {rule}" for rule in told.broken) or "invariants held")
    return "; ".join(parts)
