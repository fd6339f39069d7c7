"""All size limits for reading files."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.errors import ReadError

MEGABYTE = 1024 * 1024
#: A worksheet with more rows than this, mostly empty, is rejected.
SPARSE_ROWS = 100_000
SPARSE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """Size limits for reading files; exceeding one raises a clear error.

    Attributes
    ----------
    file_bytes : int
        Size of the file as given.
    members : int
        Number of files inside a workbook or archive.
    unpacked_bytes : int
        Their unpacked size, measured while unpacking.
    ratio : int
        Ratio of unpacked to packed size.
    rows, columns : int
        Size of the table.
    set_aside : int
        Rows with too few or too many cells; more mean that the detected layout is wrong.
    cells : int
        Cells of a worksheet's bounding rectangle, all of which the reader holds in memory.
    header_bytes : int
        Length of the header line.
    cell_characters : int
        Length of a cell (Excel's own limit); longer cells are cut and reported.
    """

    file_bytes: int = 1024 * MEGABYTE
    members: int = 1_000
    unpacked_bytes: int = 400 * MEGABYTE
    ratio: int = 200
    rows: int = 5_000_000
    columns: int = 500
    set_aside: int = 500_000
    cells: int = 30_000_000
    header_bytes: int = 64 * 1024
    cell_characters: int = 32_767

    def check_file_bytes(self, size: int) -> None:
        """Reject a file that is too large."""
        if size > self.file_bytes:
            raise _too_large(
                f"The file has {_megabytes(size)} MB; at most {_megabytes(self.file_bytes)} MB "
                "can be read. Split it, or leave out columns that are not needed."
            )

    def check_rows(self, rows: int) -> None:
        """Reject a table with too many rows."""
        if rows > self.rows:
            raise _too_large(
                f"The file has more than {self.rows:,} rows, which is the most that can be read. "
                "Split it, or use a sample of the customers."
            )

    def check_set_aside(self, rows: int) -> None:
        """Reject a file with too many rows that do not fit its header."""
        if rows > self.set_aside:
            raise ReadError(
                f"More than {self.set_aside:,} rows have another number of cells than the header. "
                "Check the delimiter and the header line, or export the file again.",
                kind="damaged",
            )

    def check_columns(self, columns: int) -> None:
        """Reject a table with too many columns."""
        if columns > self.columns:
            raise _too_large(
                f"The file has {columns:,} columns; at most {self.columns:,} can be read. "
                "Leave out columns that are not needed."
            )

    def check_header(self, size: int) -> None:
        """Reject a header line that is too long."""
        if size > self.header_bytes:
            raise _too_large(
                f"The header line is longer than {self.header_bytes // 1024} kB, which no table "
                "of customers needs. Is this the right file?"
            )

    def check_unpacked(self, unpacked: int, packed: int) -> None:
        """Reject an archive that unpacks to too many bytes."""
        if unpacked > self.unpacked_bytes:
            raise _too_large(
                f"The file unpacks to more than {_megabytes(self.unpacked_bytes)} MB, which is "
                "the most that can be read. Save it as CSV and leave out columns."
            )
        if unpacked > self.ratio * max(packed, 1) and unpacked > MEGABYTE:
            raise _too_large(
                f"The file unpacks to more than {self.ratio} times its size, as only damaged or "
                "malicious files do. Save it anew, or as CSV."
            )

    def check_members(self, members: int) -> None:
        """Reject an archive with too many files."""
        if members > self.members:
            raise _too_large(
                f"The file contains {members:,} files; at most {self.members:,} can be read."
            )

    def check_cells(self, rows: int, columns: int) -> None:
        """Reject a worksheet whose bounding rectangle is too large."""
        if rows * columns > self.cells:
            raise _too_large(
                f"The worksheet reaches to row {rows:,} and column {columns:,}; that is too far. "
                "Delete stray cells far from the table, or save it as CSV."
            )

    def check_filled(self, rows: int, filled: int) -> None:
        """Reject a long worksheet that is mostly empty: reading the gaps takes seconds.

        Parameters
        ----------
        rows
            Row of the last cell.
        filled
            Number of non-empty rows or cells.
        """
        if rows > SPARSE_ROWS and filled < SPARSE_SHARE * rows:
            raise _too_large(
                f"The worksheet reaches to row {rows:,}, but nearly all of its rows are empty. "
                "Delete stray cells far from the table, or save it as CSV."
            )


def _too_large(sentence: str) -> ReadError:
    return ReadError(sentence, kind="too_large")


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.0f}"
