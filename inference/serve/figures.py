"""The figures of desks, brought into the form in which they are told."""

from collections.abc import Iterable, Mapping

from inference.contract import Tier
from inference.engines.runtime.memory import resident
from inference.lane import Weighed
from inference.serve.desk import Desk
from inference.serve.told import CacheInfo, Figures, ModelInUse, Percentiles

Desks = Mapping[str, Desk]


def models_in_use(lane: str, desk: Desk) -> Iterable[ModelInUse]:
    """Every rung of a lane, best first, and the model behind it."""
    for place in desk.opened.swap.ladder.places:
        yield ModelInUse(
            lane=lane,
            rung=place.rung.level,
            model=place.rung.model,
            breaker=place.breaker.state,
            memory_bytes=_held(place.rung),
        )


def _held(rung: object) -> int | None:
    return rung.memory_bytes if isinstance(rung, Weighed) else None


def figures(desks: Desks) -> Figures:
    """What these lanes have answered."""
    caches = [desk.opened.cache.snapshot() for desk in desks.values()]
    counted = [desk.statistics for desk in desks.values()]
    hits, misses = sum(one.hits for one in caches), sum(one.misses for one in caches)
    computed, seconds = sum(one.computed for one in counted), sum(one.seconds for one in counted)
    return Figures(
        total_predictions=sum(one.total for one in counted),
        cache_enabled=any(one.enabled for one in caches),
        cache_size=cache_info(desks.values()).currsize,
        cache_hits=hits,
        cache_misses=misses,
        cache_hit_rate_percent=round(100 * hits / max(1, hits + misses), 2),
        avg_inference_time_ms=round(1000 * seconds / max(1, computed), 3),
        total_inference_time_ms=round(1000 * seconds, 3),
        warmup_completed=True,
        percentiles_ms={name: _percentiles(desk) for name, desk in desks.items()},
        memory_bytes=resident(),
    )


def _percentiles(desk: Desk) -> Percentiles:
    p50, p95, p99 = desk.statistics.percentiles(0.5, 0.95, 0.99)
    return Percentiles(p50=p50, p95=p95, p99=p99)


def cache_info(desks: Iterable[Desk]) -> CacheInfo:
    """How full their caches are, and how often they helped."""
    every = [desk.opened.cache.snapshot() for desk in desks]
    states = [state for state in every if state.enabled]
    near = [state.tiers[Tier.MEMORY] for state in states if Tier.MEMORY in state.tiers]
    return CacheInfo(
        hits=sum(state.hits for state in states),
        misses=sum(state.misses for state in states),
        maxsize=sum(tier.max_entries or 0 for tier in near),
        currsize=sum(tier.entries or 0 for tier in near),
    )
