"""The pages of the portal; add a new page here."""

from dashapp.page.page import Page
from dashapp.pages import not_found
from dashapp.pages.data import page as data
from dashapp.pages.explore import page as explore
from dashapp.pages.predict import page as predict
from dashapp.pages.segments import page as segments

PAGES: tuple[Page, ...] = (data.PAGE, explore.PAGE, segments.PAGE, predict.PAGE)
NOT_FOUND: Page = not_found.PAGE
