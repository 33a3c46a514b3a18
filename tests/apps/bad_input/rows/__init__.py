"""The named cases of bad input（错误输入清单）, by room; one table each, read from top to bottom."""

from tests.apps.bad_input.rows import applying, commands, desk, gateway, own, people, sharing, wire

TABLES = {
    "applying": applying.ROWS,
    "own": own.ROWS,
    "people": people.ROWS,
    "desk": desk.ROWS,
    "sharing": sharing.ROWS,
    "gateway": gateway.ROWS,
    "commands": commands.ROWS,
    "wire": wire.ROWS,
}
ROWS = [row for rows in TABLES.values() for row in rows]
