from django.db import migrations, models


def limit_those_with_rules(apps, schema_editor):
    Receiver = apps.get_model("monitor", "Receiver")
    limited = Receiver.rules.through.objects.values("receiver_id")
    Receiver.objects.filter(pk__in=limited).update(only_chosen_rules=True)


def switch_off_those_limited_to_nothing(apps, schema_editor):
    Receiver = apps.get_model("monitor", "Receiver")  # the older tables would let them hear of every rule
    Receiver.objects.filter(only_chosen_rules=True, rules=None).update(enabled=False)


class Migration(migrations.Migration):

    dependencies = [
        ('monitor', '0012_index_of_what_people_did'),
    ]

    operations = [
        migrations.AddField(
            model_name='silence',
            name='resumes_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Of a weekly one that was ended early: it holds nothing back before this.', null=True),
        ),
        migrations.AddField(
            model_name='receiver',
            name='only_chosen_rules',
            field=models.BooleanField(default=False, help_text='Hears of the rules that are ticked below alone, of none when they are deleted; unticked: of every rule.'),
        ),
        migrations.AlterField(
            model_name='receiver',
            name='rules',
            field=models.ManyToManyField(blank=True, to='monitor.rule'),
        ),
        migrations.RunPython(limit_those_with_rules, switch_off_those_limited_to_nothing),
    ]
