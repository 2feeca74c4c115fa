"""Static files under names that carry their hash, ES modules included, so browsers may keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's manifest storage, taught to follow module imports and to live with a missing file.

    Keep import-like text out of comments in our scripts: the storage rewrites it like a real import.
    """

    support_js_module_import_aggregation = True
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The hashed name, or the plain one for a file that was never collected.

        A page with one file missing (say Chart.js before `manage.py vendor`) beats no page at all.
        """
        try:
            hashed: str = super().stored_name(name)
        except ValueError:
            return name
        return hashed
