"""What can go wrong between a document and the disk or the printer, in sentences that say what to do next.

The ports themselves, `Documents` and `Printer`, stand in `billing.export`, where they are used.
"""

from __future__ import annotations

from billing.errors import N_, Refusal


class NoPrinter(Refusal):
    """No printing system on this machine, or no printer in it."""

    message = N_("There is no printer on this machine. Nothing was printed. Save the PDF and print it elsewhere.")


class PrintFailed(Refusal):
    """The printing system did not take the document. `why` is what it said, in its own words."""

    message = N_("The document was not printed: {why}. Try again or another printer, or save the PDF.")


class PrinterSilent(PrintFailed):
    """The printing system did not answer in time; what it took is not known."""

    message = N_("The printer did not answer within {seconds} seconds. See its queue before you print again.")


class NoFolder(Refusal):
    """The folder does not exist."""

    message = N_("The folder {folder} does not exist. Nothing was saved. Choose another or create it first.")


class NotAFolder(Refusal):
    """The path leads to a file, or through one."""

    message = N_("{folder} is not a folder. Nothing was saved. Choose a folder.")


class FolderForbidden(Refusal):
    """The folder may not be written by this user."""

    message = N_("You may not write in {folder}. Nothing was saved. Choose another folder.")


class FolderReadOnly(Refusal):
    """The folder lies on a read-only disk."""

    message = N_("{folder} is on a disk that cannot be written. Nothing was saved. Choose another folder.")


class DiskFull(Refusal):
    """No room for the file."""

    message = N_("There is no room left for the file in {folder}. Nothing was saved. Free some space and try again.")


class SaveFailed(Refusal):
    """Any other fault of the disk. `why` is what the system said."""

    message = N_("The file could not be saved in {folder}: {why}. Nothing was kept. Choose another folder.")
