"""The database backend of loadmon, of which Django wants this name: its own, behind `monitor.database.opening`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base, client, features, schema
from django.db.models import CompositePrimaryKey, Model
from django.utils.functional import cached_property

from monitor.database import exchange, file, opening


class DatabaseFeatures(features.DatabaseFeatures):
    """What this SQLite can do."""

    @cached_property
    def supports_json_field(self) -> bool:  # type: ignore[override]
        """Asked without the file: Django takes one that is locked for a SQLite that knows no JSON."""
        with closing(sqlite3.connect(":memory:")) as database:
            try:
                database.execute("SELECT JSON('{}')")
            except sqlite3.OperationalError:
                return False
        return True


class DatabaseClient(client.DatabaseClient):
    """The shell that `manage.py dbshell` starts."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Any
    ) -> tuple[list[str], None]:
        """Its command line, which makes no file either."""
        path = file.path_of(settings_dict["NAME"])
        try:
            opening.require(path)
        except opening.Unopened as error:
            raise OperationalError(str(error)) from error
        return [cls.executable_name, opening.uri(path), *parameters], None


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """How tables are made."""

    def table_sql(self, model: type[Model]) -> tuple[str, Any]:
        """One whose key is made of several columns lies in the order of its key, which saves a second copy of it.

        Its key comes first: PRAGMA quick_check of older SQLites (3.40) takes any other for damage, "NULL value in" it.
        """
        key = model._meta.pk
        if not isinstance(key, CompositePrimaryKey):
            return super().table_sql(model)
        declared = model._meta.local_fields
        model._meta.local_fields = sorted(declared, key=lambda field: field.attname not in key.field_names)
        try:
            sql, params = super().table_sql(model)
        finally:
            model._meta.local_fields = declared
        return f"{sql} WITHOUT ROWID", params


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of any process and command, scripts of others too."""

    features_class = DatabaseFeatures
    client_class = DatabaseClient
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Look at the file, then open it under a name that makes none; raises Unopened."""
        if self.is_in_memory_db():
            return super().get_new_connection(conn_params)
        path = file.path_of(conn_params["database"])
        opening.require(path)
        found = super().get_new_connection({**conn_params, "database": opening.uri(path)})
        self._opened = (path, path.stat().st_ino)
        return found

    def _close(self) -> None:
        """Close it, unless that would fold an old log into another file that was copied over this one."""
        opened = getattr(self, "_opened", None)
        if self.connection is not None and opened is not None and exchange.is_under(*opened):
            exchange.abandon(self.connection)
            return
        super()._close()  # type: ignore[misc]
