from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("facedetect", "0002_photos_in_storage"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="photo",
            name="data",
        ),
    ]
