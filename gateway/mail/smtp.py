"""Sends mails to a mail server, or writes them into a folder if there is no mail server."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import aiosmtplib
import structlog

from db.queue.jobs import RetryLater
from gateway.mail.outgoing import OutgoingMail
from gateway.runtime.addresses import MailServer

CONNECT_SECONDS = 10.0
# Long, because after a timeout the mail must be sent again although it may have arrived.
ANSWER_SECONDS = 60.0
# After a failed connection no mail tries again for so long. So only one of many mails waits for the timeout.
UNREACHABLE_SECONDS = 10.0
IDLE_SECONDS = 5.0
PERMANENT = 500

log = structlog.get_logger()


class MailRefused(Exception):
    """The server refuses this mail permanently. The message is the server's answer."""


class Transport(Protocol):
    """A way to send mails."""

    async def send(self, mail: OutgoingMail) -> str:
        """Send a mail, and return the answer of the receiver. Raises MailRefused or RetryLater."""

    async def close(self) -> None:
        """Close the transport."""


class Smtp:
    """Sends mails to a mail server over one connection. The connection stays open while there are mails to send.

    It sends one mail at a time: each type of mail has its own transport, and its jobs run one at a time.
    """

    def __init__(self, server: MailServer) -> None:
        """Store the address of the server. The connection is opened for the first mail."""
        self.client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=ANSWER_SECONDS,
        )
        self.unreachable: tuple[float, str] | None = None
        self.quit_task: asyncio.Task[None] | None = None

    async def send(self, mail: OutgoingMail) -> str:
        """Send a mail, and return the answer of the server. Raises MailRefused or RetryLater."""
        await self._cancel_quit()
        await self._connect()
        options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.needs_smtputf8 else []
        try:
            _, answer = await self.client.sendmail(mail.sender, [mail.to], mail.content, mail_options=options)
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _outcome(error) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise _not_supported(mail) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self.client.close()
            raise _outcome(error) from error
        except asyncio.CancelledError:
            self.client.close()
            raise
        self.quit_task = asyncio.create_task(self._quit_when_idle())
        return answer

    async def close(self) -> None:
        """Close the connection to the server."""
        await self._cancel_quit()
        await self._quit()

    async def _cancel_quit(self) -> None:
        if self.quit_task is not None:
            self.quit_task.cancel()
            await asyncio.wait({self.quit_task})
            self.quit_task = None

    async def _quit_when_idle(self) -> None:
        await asyncio.sleep(IDLE_SECONDS)
        await self._quit()

    async def _quit(self) -> None:
        try:
            if self.client.is_connected:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await self.client.quit(timeout=CONNECT_SECONDS)
        finally:
            self.client.close()

    async def _connect(self) -> None:
        """Ensure a connection on which the server answers. Raises RetryLater."""
        now = asyncio.get_running_loop().time()
        if self.unreachable is not None and now < self.unreachable[0]:
            raise RetryLater(self.unreachable[1])
        try:
            if self.client.is_connected:
                # The server may have closed the connection meanwhile. That is no reason to delay the mail.
                with suppress(aiosmtplib.SMTPException, OSError):
                    await self.client.noop(timeout=CONNECT_SECONDS)
                    return
                self.client.close()
            await self.client.connect(timeout=CONNECT_SECONDS)
        # An error here, such as a wrong password, is about the server and our settings, not about the mail.
        except (aiosmtplib.SMTPException, OSError) as error:
            reason = _reason(error)
            self.unreachable = (now + UNREACHABLE_SECONDS, reason)
            log.warning("mail_server_away", reason=reason)
            raise RetryLater(reason) from error
        self.unreachable = None


class Folder:
    """Writes mails into a folder, for use without a mail server. Only the owner can read them."""

    def __init__(self, path: Path) -> None:
        """Store the path. The folder is created for the first mail."""
        self.path = path

    async def send(self, mail: OutgoingMail) -> str:
        """Write a mail, and return the path of its file. The same mail always has the same file name."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.path / f"{mail.id}.eml"
        draft = target.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(mail.content)
        draft.replace(target)
        return str(target)

    async def close(self) -> None:
        """Do nothing, because nothing is open."""


def _outcome(error: Exception) -> Exception:
    """Return the outcome that an SMTP error means for the mail. Only a refusal of the mail itself is permanent.

    A 5xx for the sender is temporary: it is about our own setting, which can be corrected.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and all(one.code >= PERMANENT for one in error.recipients):
        return MailRefused(_reason(error))
    if isinstance(error, aiosmtplib.SMTPDataError) and error.code >= PERMANENT:
        return MailRefused(_reason(error))
    return RetryLater(_reason(error))


def _not_supported(mail: OutgoingMail) -> Exception:
    """Return the outcome for a mail that needs SMTPUTF8. The sender is our own setting, which can be corrected."""
    reason = "the mail server does not support SMTPUTF8, which the {} needs: its part before the @ is not ASCII"
    if mail.sender.isascii():
        return MailRefused(reason.format("address"))
    return RetryLater(reason.format("sender"))


def _reason(error: Exception) -> str:
    """Describe an error for the log: the words of the server, without the address of a person."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(f"{one.code} {one.message}" for one in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
