"""Moves every bucket from four rows of floats into one row of whole numbers: a batch a transaction, so that it can be
killed and run again, needs little room, and grows no long write-ahead log."""

from itertools import groupby

from django.db import migrations, transaction

BATCH = 1000  # rows: 250 buckets
TIERS = ("Minute", "Quarter", "Hour")
TOTAL, WEIGHT, LOW, HIGH = range(4)


def factor(metric):
    """Steps a metric's one is made of; frozen here, as they were when this was written."""
    if metric.endswith("_bytes"):
        return 1 / 1024
    return 1.0 if metric.endswith("_per_second") else 100.0


def summary(metric, total, weight, low, high, usual):
    """The four numbers of one metric, extremes never inside the mean."""
    if None in (total, weight, low, high):
        return (None,) * 4
    weight, total = round(weight), round(total * factor(metric))
    low = min(round(low * factor(metric)), total // weight)
    high = max(round(high * factor(metric)), -(-total // weight))
    return float(total), None if weight == usual else float(weight), float(low), float(high)


def row(metrics, parts):
    """(weight, numbers of each metric) of the four old rows of one bucket."""
    weights = [round(weight) for weight in parts[WEIGHT] if weight is not None]
    usual = max(set(weights), key=lambda weight: (weights.count(weight), weight), default=0)
    columns = zip(metrics, parts[TOTAL], parts[WEIGHT], parts[LOW], parts[HIGH], strict=True)
    return usual, *(number for column in columns for number in summary(*column, usual))


def move(connection, old, new):
    """Move one batch of the oldest buckets; return whether there were any."""
    numbers = [field.name for field in new._meta.fields if field.name.endswith(("_total", "_weight", "_low", "_high"))]
    metrics = [name.removesuffix("_total") for name in numbers if name.endswith("_total")]
    rows = old.objects.using(connection.alias).order_by("host_id", "start_ms", "statistic")
    found = list(rows.values_list("host_id", "start_ms", "statistic", "id", *metrics)[:BATCH])
    if not found:
        return False
    buckets, moved = [], []
    groups = [(key, list(group)) for key, group in groupby(found, lambda one: one[:2])]
    for key, group in groups:
        if len(group) < 4 and len(groups) > 1 and key == groups[-1][0]:
            break  # the rest of it is in the next batch
        moved += [one[3] for one in group]
        if len(group) == 4:
            buckets.append((*key, *row(metrics, [one[4:] for one in group])))
    quoted = ", ".join(map(connection.ops.quote_name, ("host_id", "start_ms", "weight", *numbers)))
    marks = ", ".join(["%s"] * (3 + len(numbers)))
    with transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {new._meta.db_table} ({quoted}) VALUES ({marks})", buckets)
        old.objects.using(connection.alias).filter(pk__in=moved).delete()
    return True


def move_all(apps, schema_editor):
    """Tier by tier."""
    for tier in TIERS:
        old, new = apps.get_model("monitor", f"Old{tier}Rollup"), apps.get_model("monitor", f"{tier}Rollup")
        while move(schema_editor.connection, old, new):
            pass


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("monitor", "0009_one_row_a_bucket")]
    operations = [migrations.RunPython(move_all, migrations.RunPython.noop)]
