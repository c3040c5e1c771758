"""Photos move from the database into the private storage."""

from typing import Any

import facedetect.private_storage
from django.core.files.base import ContentFile
from django.db import migrations, models


def into_storage(apps: Any, schema_editor: Any) -> None:
    storage = facedetect.private_storage.private_storage()
    for photo in apps.get_model("facedetect", "Photo").objects.iterator(chunk_size=20):
        photo.file = storage.save(f"faces/moved-{photo.pk}.jpg", ContentFile(bytes(photo.data)))
        photo.save(update_fields=["file"])


def back_into_database(apps: Any, schema_editor: Any) -> None:
    storage = facedetect.private_storage.private_storage()
    for photo in apps.get_model("facedetect", "Photo").objects.iterator(chunk_size=20):
        with storage.open(photo.file.name) as file:
            photo.data = file.read()
        photo.save(update_fields=["data"])
        storage.delete(photo.file.name)


class Migration(migrations.Migration):

    dependencies = [
        ("facedetect", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="file",
            field=models.FileField(default="", storage=facedetect.private_storage.private_storage, upload_to=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="photo",
            name="data",
            field=models.BinaryField(default=b""),
        ),
        migrations.RunPython(into_storage, back_into_database),
        migrations.AddField(
            model_name="source",
            name="thumbnail",
            field=models.FileField(blank=True, default="", storage=facedetect.private_storage.private_storage, upload_to=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="source",
            name="embeddings",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
