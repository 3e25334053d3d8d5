"""The DataFrames of an update: the rows that are sent, and every row of the caller's with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional

from .._errors import InvalidType
from .._missing import Missing
from ._task import OUTCOME

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import DataType

STATE, HTTP_STATUS, MESSAGE = "usercom_state", "usercom_http_status", "usercom_message"
ATTRIBUTES = "usercom_attributes"


def column(name: str) -> Column:
    """A column by its name, also one with a dot in it."""
    from pyspark.sql import functions as F

    return F.col("`" + name.replace("`", "``") + "`")


def type_of(df: DataFrame, argument: str, name: object) -> DataType:
    if not isinstance(name, str):
        raise InvalidType(f"{argument}: is a {type(name).__name__}; use the name of a column")
    names = [one for one in df.columns if one.lower() == name.lower()]
    if len(names) != 1 and df.columns.count(name) != 1:
        has = f"has {len(names)} columns {name}" if names else f"has no column {name}"
        raise InvalidType(f"{argument}: the DataFrame {has}; its columns are {', '.join(df.columns)}")
    return df.select(column(name)).schema[0].dataType


def id_column(df: DataFrame, argument: str, name: str, custom: bool) -> Column:
    """The ids as the library takes them. Raises InvalidType, with the column, for what can't be ids."""
    from pyspark.sql import types as T

    kind = type_of(df, argument, name)
    where = f"{argument}: the column {name} is {kind.simpleString()}"
    if custom:
        if isinstance(kind, T.StringType):
            return _binary(column(name), kind)
        raise InvalidType(
            f'{where}; your own ids are strings: use col("{name}").cast("string"), or ids= for User.com\'s'
        )
    if isinstance(kind, T.IntegralType) or (
        isinstance(kind, T.DecimalType) and kind.scale == 0 and kind.precision <= 18
    ):
        return column(name).cast("bigint")
    raise InvalidType(f'{where}; ids are integers: use col("{name}").cast("bigint"), or custom_ids= for your own ids')


def value_column(df: DataFrame, attribute: str, name: str, na: Missing) -> Column:
    """The values as the library takes them. Raises InvalidType, with the column, for what can't be sent."""
    from pyspark.sql import functions as F
    from pyspark.sql import types as T

    kind = type_of(df, f"attributes: {attribute}", name)
    problem = _refused(kind, f'col("{name}")')
    if problem:
        raise InvalidType(f"attributes: the column {name} is {kind.simpleString()}{problem}")
    values = column(name)
    if isinstance(kind, T.NullType):
        return values.cast("string")
    if isinstance(kind, T.StringType):
        return _binary(values, kind)
    if isinstance(kind, (T.FloatType, T.DoubleType)) and na is not None:
        return F.when(F.isnan(values), F.lit(None)).otherwise(values)  # a missing value, as in other tables
    return values


def _binary(values: Column, kind: Any) -> Column:
    """Spark 4 has strings for which a and A are equal. To the service they are not."""
    from pyspark.sql import functions as F

    if kind.simpleString() == "string":
        return values.cast("string")
    return F.call_function("collate", values, F.lit("UTF8_BINARY"))


def _refused(kind: DataType, code: str, inside: bool = False) -> Optional[str]:
    """Why values of this type can't be sent, and what to do; None if they can."""
    from pyspark.sql import types as T

    if isinstance(kind, T.ArrayType):
        return _refused(kind.elementType, code, True)
    if isinstance(kind, T.StructType):
        return next((problem for field in kind if (problem := _refused(field.dataType, code, True))), None)
    sent = (T.BooleanType, T.NumericType, T.StringType, T.DateType, T.TimestampType, T.NullType)
    if isinstance(kind, sent):
        return None
    where = f", with {kind.simpleString()} inside" if inside else ""
    name = type(kind).__name__
    if name == "TimestampNTZType":
        return f'{where}, which has no time zone; {code}.cast("timestamp") takes that of the session'
    if name == "BinaryType":
        return f'{where}, which JSON does not have; use decode({code}, "UTF-8") or base64({code})'
    if name == "MapType":
        return f"{where}, which Spark can't group by; make a struct of it"
    return f"{where}, which can't be sent; use a boolean, a number, a string, a date, a timestamp, or an array or a struct of them"


def rows_to_send(
    df: DataFrame, ids: Column, values: Column, order_by: Sequence[str], na: Missing, allow_null: bool, tasks: int
) -> DataFrame:
    """One row for each id, in one partition for each task, sorted by value: what the tasks send.

    Its columns are id, value, and whether the id has two values, so that none of them is the last one.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    order = [column(name).alias(f"o{k}") for k, name in enumerate(order_by)]
    rows = df.select(ids.alias("id"), values.alias("value"), *order)
    if na == "skip":
        rows = rows.filter("id IS NOT NULL")
        if not allow_null:
            rows = rows.filter("value IS NOT NULL")
    if order:
        # A rank, not a row number: of two last rows, none is the last.
        latest = Window.partitionBy("id").orderBy(*[F.col(f"o{k}").desc_nulls_last() for k in range(len(order))])
        rows = rows.withColumn("rank", F.rank().over(latest)).filter("rank = 1")
    grouped = rows.groupBy("id").agg(
        F.min("value").alias("low"), F.max("value").alias("value"),
        F.count("value").alias("present"), F.count(F.lit(1)).alias("all"),
    )  # fmt: skip
    conflict = "id IS NOT NULL AND (low <> value OR present NOT IN (0, all))"
    one_each = grouped.select("id", "value", F.expr(conflict).alias("conflict"))
    # A range: each value is in one partition, or at most in those of the borders, and these have the same size.
    parts = one_each.repartition(1) if tasks == 1 else one_each.repartitionByRange(tasks, "value", "id")
    return parts.sortWithinPartitions("value", "id")


def outcome_schema(rows: DataFrame) -> Any:
    from pyspark.sql import types as T

    kinds = [rows.schema["id"].dataType, rows.schema["value"].dataType, T.StringType(), T.IntegerType(), T.StringType()]
    return T.StructType([T.StructField(name, kind) for name, kind in zip(OUTCOME, kinds)])


class Outcomes:
    """What became of the ids of an attribute."""

    def __init__(self, ids: Column, values: Column, of_ids: Optional[DataFrame], reason: str = "") -> None:
        self.ids = ids
        self.values = values
        self.of_ids = of_ids  # None: nothing was sent
        self.reason = reason

    def joined(self, df: DataFrame, k: int) -> tuple[DataFrame, Column]:
        """The caller's rows with the columns of the outcomes, and what became of each row."""
        from pyspark.sql import functions as F

        def outcome(state: str, message: Column) -> Column:
            return F.struct(
                F.lit(state).alias("state"), F.lit(None).cast("int").alias("http_status"), message.alias("message")
            )

        if self.of_ids is None:
            return df, outcome("not_attempted", F.lit(self.reason))
        names = [f"{name}_{k}" for name in OUTCOME]
        mine = f"_usercom_key_{k}"
        of_ids = self.of_ids.filter(F.col(OUTCOME[2]).isNotNull()).toDF(*names)
        keyed = df.withColumn(mine, self.ids)
        joined = keyed.join(of_ids, keyed[mine] == of_ids[names[0]], "left")
        id, value, state, http, message = (F.col(name) for name in names)
        known = F.struct(state.alias("state"), http.alias("http_status"), message.alias("message"))
        # The value, too: what was sent is not this row's if another row of its id has the last value.
        became = (
            F.when(id.isNotNull() & value.eqNullSafe(self.values), known)
            .when(id.isNotNull(), outcome("not_attempted", F.lit("another row has the last value of this id")))
            .when(F.col(mine).isNull(), outcome("not_attempted", F.lit("has no id")))
            .when(self.values.isNull(), outcome("not_attempted", F.lit("has no value")))
            .otherwise(outcome("not_attempted", F.lit("was not in the DataFrame when it was sent")))
        )
        return joined, became


def with_states(df: DataFrame, outcomes: dict[str, Outcomes]) -> DataFrame:
    """Every row, with what became of it; with several attributes, the worst of each row, and all of them in a map."""
    from pyspark.sql import functions as F

    mine = [one for one in (STATE, HTTP_STATUS, MESSAGE, ATTRIBUTES) if one in df.columns]
    df = df.drop(*mine)  # of an earlier update
    temporary: list[str] = []
    became: dict[str, str] = {}
    for k, (attribute, one) in enumerate(outcomes.items()):
        df, state = one.joined(df, k)
        became[attribute] = f"_usercom_became_{k}"
        df = df.withColumn(became[attribute], state)
        temporary += [f"{name}_{k}" for name in OUTCOME] + [f"_usercom_key_{k}", became[attribute]]
    structs = {attribute: F.col(name) for attribute, name in became.items()}
    if len(structs) == 1:
        (worst,) = structs.values()
        message = worst["message"]
    else:
        worst = F.coalesce(
            *[
                F.when(one["state"] == state, one)
                for state in ("rejected", "unknown", "not_attempted", "confirmed")
                for one in structs.values()
            ]
        )
        message = F.concat_ws(
            "; ", *[F.concat(F.lit(f"{attribute}: "), one["message"]) for attribute, one in structs.items()]
        )
        pairs = [part for attribute, one in structs.items() for part in (F.lit(attribute), one)]
        df = df.withColumn(ATTRIBUTES, F.create_map(*pairs))
        message = F.when(message != "", message)
    df = df.withColumn(STATE, worst["state"]).withColumn(HTTP_STATUS, worst["http_status"]).withColumn(MESSAGE, message)
    return df.drop(*temporary)
