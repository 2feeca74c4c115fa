"""The rules that loadmon ships with besides CPU and Load, and the critical thresholds of these two where nobody
changed them; the worst severity of the alerts that there are is the only one they had."""

from django.db import migrations
from django.db.models import F, Q

MIB = 1024 * 1024
RULES = [
    {"name": "One core pegged", "metric": "cpu_busiest_core_percent", "severity": "info", "window_seconds": 600,
     "threshold": 95.0, "clear_threshold": 80.0, "hold_seconds": 120,
     "unless_metric": "cpu_percent", "unless_value": 75.0},
    {"name": "CPU pressure", "metric": "pressure_cpu_some_percent", "severity": "info", "window_seconds": 60,
     "threshold": 60.0, "clear_threshold": 30.0, "hold_seconds": 60},
    {"name": "I/O pressure", "metric": "pressure_io_full_percent", "severity": "info", "window_seconds": 60,
     "threshold": 20.0, "clear_threshold": 10.0, "hold_seconds": 60},
    {"name": "Memory pressure", "metric": "pressure_memory_full_percent", "severity": "info", "window_seconds": 60,
     "threshold": 10.0, "clear_threshold": 5.0, "hold_seconds": 60},
    {"name": "Memory low", "metric": "memory_available_percent", "severity": "warning", "comparison": "below",
     "window_seconds": 60, "threshold": 10.0, "clear_threshold": 15.0, "hold_seconds": 60,
     "critical_threshold": 5.0, "critical_clear_threshold": 8.0},
    {"name": "Swap storm", "metric": "swap_bytes_per_second", "severity": "warning", "window_seconds": 60,
     "threshold": 10.0 * MIB, "clear_threshold": 5.0 * MIB, "hold_seconds": 60},
    {"name": "Disk full", "metric": "disk_fullest_percent", "severity": "warning", "threshold": 90.0,
     "clear_threshold": 87.0, "for_seconds": 60, "hold_seconds": 60,
     "critical_threshold": 97.0, "critical_clear_threshold": 95.0},
    {"name": "Sampler silent", "metric": "sampler_silent_seconds", "severity": "critical", "threshold": 30.0,
     "clear_threshold": 10.0, "hold_seconds": 0},
]
CRITICAL = [
    ({"name": "CPU", "metric": "cpu_percent", "window_seconds": 120, "threshold": 75.0, "clear_threshold": 65.0},
     {"critical_threshold": 95.0, "critical_clear_threshold": 85.0}),
    ({"name": "Load", "metric": "load1", "threshold": 1.0, "clear_threshold": 0.8, "per_core": True},
     {"critical_metric": "load5", "critical_threshold": 2.0, "critical_clear_threshold": 1.6}),
]


def add_rules(apps, schema_editor):
    Rule, Alert = apps.get_model("monitor", "Rule"), apps.get_model("monitor", "Alert")
    for rule in RULES:
        Rule.objects.get_or_create(name=rule["name"], defaults=rule)
    for shipped, critical in CRITICAL:
        # One that is critical from the start can have no critical level, and would be left out.
        Rule.objects.filter(**shipped, critical_threshold=None).exclude(severity="critical").update(**critical)
    Alert.objects.update(worst_severity=F("severity"))
    for rule in Rule.objects.exclude(window_seconds=0):
        Alert.objects.filter(rule=rule).update(window_seconds=rule.window_seconds)


def remove_what_the_older_tables_cannot_hold(apps, schema_editor):
    Rule = apps.get_model("monitor", "Rule")
    Rule.objects.filter(Q(comparison="below") | Q(statistic="share") | Q(metric="sampler_silent_seconds")).delete()


class Migration(migrations.Migration):
    dependencies = [("monitor", "0006_alerts_know_their_statistic")]
    operations = [migrations.RunPython(add_rules, remove_what_the_older_tables_cannot_hold)]
