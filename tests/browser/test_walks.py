"""A user finds, asks, reads and follows, with a mouse, with a keyboard, and without scripts."""

from __future__ import annotations

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

WAIT = 20
GONE = (NoSuchElementException, StaleElementReferenceException)


def until(browser, condition):
    # While one page follows another, what was found may be gone when it is looked at.
    return WebDriverWait(browser, WAIT, ignored_exceptions=GONE).until(lambda _: condition())


def all_of(browser, selector: str):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def one(browser, selector: str):
    return browser.find_element(By.CSS_SELECTOR, selector)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_suggestions_lead_to_a_state_by_keyboard(opened, language: str):
    browser = opened(f"/find?lang={language}")
    field = one(browser, "#q")
    field.send_keys("pakis")
    until(browser, lambda: all_of(browser, "[role=option]"))
    assert field.get_attribute("aria-expanded") == "true"
    field.send_keys(Keys.ARROW_DOWN)
    chosen = one(browser, "[role=option][aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    field.send_keys(Keys.ESCAPE)
    assert field.get_attribute("aria-expanded") == "false"
    field.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    until(browser, lambda: "/page/state/PAK" in browser.current_url)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_words_find_an_agreement_and_its_page(opened, scripts: bool):
    browser = opened("/find", scripts=scripts)
    one(browser, "#q").send_keys("pakistan turkey 1954", Keys.ENTER)
    until(browser, lambda: all_of(browser, ".found a"))
    next(
        link for link in all_of(browser, ".found a") if "1954" in link.get_attribute("href")
    ).click()
    until(browser, lambda: "/agreement/" in browser.current_url)
    assert one(browser, "h1").text


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_filter_narrows(opened, scripts: bool):
    browser = opened("/find?q=pakistan", scripts=scripts)
    next(
        link for link in all_of(browser, ".facet a") if "kind=state" in link.get_attribute("href")
    ).click()
    until(browser, lambda: all_of(browser, ".facet [aria-current]"))
    assert "Pakistan" in one(browser, ".found").text


def test_editor_asks_and_names_what_it_shows(opened):
    browser = opened("/sparql")
    until(browser, lambda: all_of(browser, ".CodeMirror textarea"))
    browser.execute_script("editor.setValue('SELECT ?s WHERE { ?s a mq:State } ORDER BY ?s')")
    one(browser, "#run").click()
    until(browser, lambda: "Pakistan" in one(browser, "#sparql-answer").text)
    assert "state:PAK" in one(browser, "#sparql-answer").text
    assert "query=SELECT" in browser.current_url


def test_editor_shows_where_an_error_is(opened):
    browser = opened("/sparql")
    browser.execute_script("editor.setValue('SELECT ?s WHERE {\\n ?s ?p }')")
    one(browser, "#run").click()
    until(browser, lambda: all_of(browser, "#sparql-status button"))
    assert "2" in one(browser, "#sparql-status button").text
    assert all_of(browser, ".CodeMirror .failed")


def test_editor_says_why_nothing_is_found(opened):
    browser = opened("/sparql")
    browser.execute_script("editor.setValue('SELECT ?s WHERE { ?s a mq:Stat }')")
    one(browser, "#run").click()
    until(browser, lambda: "mq:State" in one(browser, "#sparql-answer").text.replace("ns#", "mq:"))


def test_editor_completes_a_state_by_its_name(opened):
    browser = opened("/sparql")
    until(browser, lambda: browser.execute_script("return known.terms.length > 0"))
    browser.execute_script("editor.setValue(''); editor.focus()")
    field = one(browser, ".CodeMirror textarea")
    field.send_keys("SELECT * { ?a mq:party pakis")
    field.send_keys(Keys.CONTROL, Keys.SPACE)
    until(
        browser,
        lambda: (
            browser.execute_script("return editor.getValue()").endswith("state:PAK")
            or all_of(browser, ".CodeMirror-hint")
        ),
    )
    if all_of(browser, ".CodeMirror-hint"):
        assert "state:PAK" in one(browser, ".CodeMirror-hints").text


def test_editor_completes_a_term_after_its_prefix(opened):
    browser = opened("/sparql")
    until(browser, lambda: browser.execute_script("return known.terms.length > 0"))
    browser.execute_script(
        "editor.setValue('SELECT * { ?a mq:signedO }'); editor.focus();editor.setCursor(0, 23)"
    )
    one(browser, ".CodeMirror textarea").send_keys(Keys.CONTROL, Keys.SPACE)
    until(browser, lambda: all_of(browser, ".CodeMirror-hint"))
    until(browser, lambda: "mq:signedOn" in one(browser, ".CodeMirror-hints").text)
    one(browser, ".CodeMirror textarea").send_keys(Keys.ENTER)
    until(
        browser,
        lambda: browser.execute_script("return editor.getValue()").startswith(
            "SELECT * { ?a mq:signedOn"
        ),
    )


def test_form_asks_without_scripts(opened):
    browser = opened("/sparql", scripts=False)
    field = one(browser, "textarea#query")
    field.clear()
    field.send_keys("SELECT ?s WHERE { ?s a mq:State } ORDER BY ?s")
    one(browser, "#run").click()
    until(browser, lambda: "Pakistan" in one(browser, "#sparql-answer").text)


def test_network_is_drawn_and_follows_the_year(opened):
    browser = opened("/network?on=2010-01-01")
    until(browser, lambda: all_of(browser, "#network-stage canvas"))
    assert not one(browser, "#network-ring").is_displayed()
    browser.execute_script(
        "const y = document.querySelector('#n-year'); y.value = 1960;"
        "y.dispatchEvent(new Event('input', { bubbles: true }))"
    )
    until(browser, lambda: "1960-12-31" in one(browser, "#network-count").text)
    assert "on=1960-12-31" in browser.current_url


def test_network_without_scripts_is_a_picture_with_links_and_a_table(opened):
    browser = opened("/network?on=2010-01-01", scripts=False)
    assert one(browser, "#network-ring svg").is_displayed()
    assert all_of(browser, "#network-ring a")
    assert all_of(browser, "#network-table")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_saved_query_is_asked_by_its_form(opened, scripts: bool):
    browser = opened("/queries/support-map", scripts=scripts)
    one(browser, "main form button").click()
    until(browser, lambda: "state=" in browser.current_url)
    assert "pandas.read_csv" in one(browser, ".api").text


def test_skip_link_is_first(opened):
    browser = opened("/")
    one(browser, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("class") == "skip"
