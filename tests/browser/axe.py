"""What axe-core finds on a page by the rules of WCAG 2.2 A and AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
GOOD_PRACTICE = (*WCAG, "best-practice")  # headings in order, landmarks: for pages that are ours from top to bottom
_AXE = Axe()


def found(page: Page, rules: tuple[str, ...]) -> list[str]:
    """One line a fault: the rule, where, and what is wrong."""
    options = {"runOnly": {"type": "tag", "values": list(rules)}, "resultTypes": ["violations"]}
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]} {node['failureSummary']}"
        for rule in _AXE.run(page, options=options).response["violations"]
        for node in rule["nodes"]
    ]
