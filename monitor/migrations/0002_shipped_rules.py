"""The two rules that loadmon ships with; afterwards they belong to whoever edits them in the admin."""

from django.db import migrations

RULES = [
    {"name": "CPU", "metric": "cpu_percent", "severity": "warning", "window_seconds": 120, "threshold": 75.0,
     "clear_threshold": 65.0, "per_core": False, "for_seconds": 0, "hold_seconds": 60},
    {"name": "Load", "metric": "load1", "severity": "warning", "window_seconds": 0, "threshold": 1.0,
     "clear_threshold": 0.8, "per_core": True, "for_seconds": 30, "hold_seconds": 60},
]


def add_rules(apps, schema_editor):
    Rule = apps.get_model("monitor", "Rule")
    for rule in RULES:
        Rule.objects.get_or_create(name=rule["name"], defaults=rule)


class Migration(migrations.Migration):
    dependencies = [("monitor", "0001_initial")]
    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
