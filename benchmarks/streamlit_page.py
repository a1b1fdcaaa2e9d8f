"""A Streamlit page with a bar chart and a data frame: what Streamlit itself takes to its first figures."""

import streamlit as st

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]
INCOME = {
    "Month": MONTHS,
    "Stripe": [4000 + 310 * place for place in range(12)],
    "Gumroad": [900 + 45 * place for place in range(12)],
    "Upwork": [2600 - 80 * place for place in range(12)],
}

st.title("Overview")
st.bar_chart(INCOME, x="Month")
st.dataframe(INCOME)
