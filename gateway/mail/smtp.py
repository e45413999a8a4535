"""Handing mails to a mail server, or into a folder when there is none."""

import asyncio
import os
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import aiosmtplib
import structlog

from db.queue.jobs import PutOff
from gateway.runtime.addresses import MailServer

CONNECT_SECONDS = 10.0
# Long, because whoever gives up on the answer to a mail must send it again, and it may have arrived.
ANSWER_SECONDS = 60.0
# After a server could not be reached, nobody knocks again for so long: of many mails only one waits for it in vain.
AWAY_SECONDS = 10.0
IDLE_SECONDS = 5.0
PERMANENT = 500

log = structlog.get_logger()


class Refused(Exception):
    """The server refuses this mail for good, in its words."""


class Transport(Protocol):
    """Where mails go."""

    async def send(self, message: EmailMessage) -> str:
        """Hand a mail over; once it returns the other side has it, and said this. Raises Refused or PutOff."""

    async def close(self) -> None:
        """End it."""


class Smtp:
    """A mail server over one connection, which is kept as long as there are mails to send.

    One mail at a time: each kind of mail has a way of its own, and a limit of one job.
    """

    def __init__(self, server: MailServer) -> None:
        """Connect with the first mail."""
        self.client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=ANSWER_SECONDS,
        )
        self.away: tuple[float, str] | None = None
        self.leave: asyncio.Task[None] | None = None

    async def send(self, message: EmailMessage) -> str:
        """Hand a mail over; what the server answers. Raises Refused or PutOff."""
        await self._stay()
        await self._connect()
        try:
            _, answer = await self.client.send_message(message)
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _judged(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self.client.close()
            raise _judged(error) from error
        except asyncio.CancelledError:
            self.client.close()
            raise
        self.leave = asyncio.create_task(self._leave())
        return answer

    async def close(self) -> None:
        """Take leave of the server."""
        await self._stay()
        await self._quit()

    async def _stay(self) -> None:
        if self.leave is not None:
            self.leave.cancel()
            await asyncio.wait({self.leave})
            self.leave = None

    async def _leave(self) -> None:
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
        """A connection on which the server answers. Raises PutOff."""
        now = asyncio.get_running_loop().time()
        if self.away is not None and now < self.away[0]:
            raise PutOff(self.away[1])
        try:
            if self.client.is_connected:
                # It may have been closed meanwhile; that is no reason to put a mail off.
                with suppress(aiosmtplib.SMTPException, OSError):
                    await self.client.noop(timeout=CONNECT_SECONDS)
                    return
                self.client.close()
            await self.client.connect(timeout=CONNECT_SECONDS)
        # What goes wrong here is between us and the server, and says nothing about the mail: a wrong password, too.
        except (aiosmtplib.SMTPException, OSError) as error:
            reason = _told(error)
            self.away = (now + AWAY_SECONDS, reason)
            log.warning("mail_server_away", reason=reason)
            raise PutOff(reason) from error
        self.away = None


class Folder:
    """A folder of mails for when there is no mail server; only its owner can read them."""

    def __init__(self, path: Path) -> None:
        """The folder is made with the first mail."""
        self.path = path

    async def send(self, message: EmailMessage) -> str:
        """Write a mail, under a name that is the same for the same mail; the name."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.path / f"{message['Message-ID'].strip('<>').partition('@')[0]}.eml"
        draft = target.with_suffix(".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        draft.replace(target)
        return str(target)

    async def close(self) -> None:
        """Nothing is open."""


def _judged(error: Exception) -> Exception:
    """What an error in the middle of a mail means for it: only what the server says against it is for good.

    A 5xx against the sender is none of that: it is about our own setting, which can be mended.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and all(one.code >= PERMANENT for one in error.recipients):
        return Refused(_told(error))
    if isinstance(error, aiosmtplib.SMTPDataError) and error.code >= PERMANENT:
        return Refused(_told(error))
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return Refused(_told(error))
    return PutOff(_told(error))


def _told(error: Exception) -> str:
    """An error in a line that may be logged: the server's words, and no address of a person."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(f"{one.code} {one.message}" for one in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
