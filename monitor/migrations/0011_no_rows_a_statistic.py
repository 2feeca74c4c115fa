from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monitor", "0010_rollups_in_steps")]
    operations = [migrations.DeleteModel(f"Old{tier}Rollup") for tier in ("Minute", "Quarter", "Hour")]
