"""Pages for the library views that bring their own lists; our views page through ApiViewSet."""

from rest_framework.pagination import PageNumberPagination

from shared_apps.web.paging import LARGEST_PAGE, PAGE_SIZE


class PagePagination(PageNumberPagination):
    """Numbered pages with the same names and limits as everywhere else."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
