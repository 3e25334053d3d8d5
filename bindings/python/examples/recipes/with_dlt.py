# A destination for dlt: each column of a table but user_id is an attribute. The token is in .dlt/secrets.toml, or in
# the variable DESTINATION__USERCOM__TOKEN.
import dlt

import usercom


@dlt.destination(name="usercom", batch_size=50_000, skip_dlt_columns_and_tables=True)
def to_usercom(rows, table, subdomain: str = dlt.config.value, token: str = dlt.secrets.value, base_url: str = ""):
    client = usercom.Client(subdomain, token, base_url=base_url or None)
    for attribute in {name for row in rows for name in row} - {"user_id"}:
        pairs = [(row["user_id"], row[attribute]) for row in rows if row.get(attribute) is not None]
        client.mass_update_rows(pairs, attribute).raise_for_failures()  # dlt loads the batch again


@dlt.resource
def profiles():
    yield [{"user_id": 10, "points": 7, "plan": "pro"}, {"user_id": 15, "points": 9, "plan": None}]


if __name__ == "__main__":
    print(dlt.pipeline("profiles", destination=to_usercom).run(profiles()))
