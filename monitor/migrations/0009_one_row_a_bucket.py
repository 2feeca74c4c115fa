import django.db.models.deletion
from django.db import migrations, models

METRICS = (
    "cpu_percent",
    "cpu_user_percent",
    "cpu_system_percent",
    "cpu_iowait_percent",
    "cpu_steal_percent",
    "cpu_busiest_core_percent",
    "load1",
    "load5",
    "load15",
    "tasks_running",
    "tasks_blocked",
    "cpu_effective_cores",
    "pressure_cpu_some_percent",
    "pressure_io_some_percent",
    "pressure_io_full_percent",
    "pressure_memory_some_percent",
    "pressure_memory_full_percent",
    "memory_used_bytes",
    "memory_available_bytes",
    "memory_available_percent",
    "swap_used_bytes",
    "swap_bytes_per_second",
    "disk_fullest_percent",
    "disk_read_bytes_per_second",
    "disk_write_bytes_per_second",
    "network_received_bytes_per_second",
    "network_sent_bytes_per_second",
    "self_cpu_percent",
    "self_rss_bytes",
)
TIERS = ("Minute", "Quarter", "Hour")


def made(tier):
    """The new table of one tier: a row a bucket, four numbers a metric."""
    numbers = [
        (f"{metric}_{part}", models.FloatField(null=True))
        for metric in METRICS
        for part in ("total", "weight", "low", "high")
    ]
    return migrations.CreateModel(
        name=f"{tier}Rollup",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("start_ms", models.BigIntegerField()),
            ("weight", models.BigIntegerField(help_text="Milliseconds that most metrics speak for.")),
            *numbers,
            (
                "host",
                models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, to="monitor.host"
                ),
            ),
        ],
        options={
            "abstract": False,
            "constraints": [
                models.UniqueConstraint(
                    fields=("host", "start_ms"), name=f"{tier.lower()}rollup_one_a_bucket"
                )
            ],
        },
    )


class Migration(migrations.Migration):
    dependencies = [("monitor", "0008_expected_alert_of_drills")]

    operations = [
        *(migrations.RenameModel(f"{tier}Rollup", f"Old{tier}Rollup") for tier in TIERS),
        *(made(tier) for tier in TIERS),
    ]
