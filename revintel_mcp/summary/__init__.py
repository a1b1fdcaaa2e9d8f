"""What a tracker's rows and source states say: figures, what they are worth, and the rows behind them. Pure.

- `monthly`: rows by month and channel, the year to date, gross or net · `restated`: reversals in their sale's month
- `window`: which days a refresh asks for, and how far a source is complete after it
- `coverage`: every figure exact, a floor or unknown, and why · `incomplete`: that in one line under the table
- `changes`: the months that a write changed · `asked_period`: the days that `Q1 2026` or `ytd` mean
- `listing`, `explain`, `provenance`: rows by filter; a figure back to its rows; where a row came from
- `insights`: metrics with definition, period, number of rows and coverage

Nothing is imported here: a summary must start fast.
"""
