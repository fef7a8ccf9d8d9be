"""E-mail by SMTP with TLS."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from perf_pipeline.alerts.channels.channel import Channel, Refused, TryLater, Unclear, secret
from perf_pipeline.alerts.message import Message

SECONDS = 30
WAIT = 300


class MailChannel(Channel):
    """Sends mail, by STARTTLS or by TLS from the first byte; never without.

    `ca_file` names the certificate of an authority of the department's own.
    """

    kind: Literal["mail"]
    host: str
    port: int = 587
    security: Literal["starttls", "tls"] = "starttls"
    sender: str
    user: str | None = None
    password_env: str | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _user_has_password(self) -> Self:
        if (self.user is None) != (self.password_env is None):
            raise ValueError("user and password_env go together")
        return self

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Send one mail to all addresses.

        The Message-ID is made from the message's key, so that a mail server can drop a repeat.
        """
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, ", ".join(to)
        mail["Subject"], mail["Date"] = message.title, formatdate()
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(message.text)
        try:
            server = self._connect()
        except ssl.SSLError as error:
            raise Refused(f"{self.host} 的证书不可信（{error.reason}）") from None
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(f"{self.host} 连接不上（{type(error).__name__}）", WAIT) from None
        try:
            with server:
                if self.user is not None and self.password_env is not None:
                    server.login(self.user, secret(self.password_env))
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _of_addresses(self.host, error.recipients) from None
        except smtplib.SMTPResponseException as error:
            raise _failure(self.host, error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"{self.host} 不支持所需的功能（{error}）") from None
        except OSError as error:  # smtplib's own errors are of this kind too
            raise Unclear(f"{self.host} 中途断开，收没收到不清楚（{error}）") from None
        if refused:  # some of several addresses: the others have had it
            raise _of_addresses(self.host, refused)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server


def _of_addresses(host: str, refused: dict[str, tuple[int, bytes]]) -> Refused | TryLater:
    """Tell of the addresses that a server did not take: those put off are tried again."""
    said = "；".join(
        f"{address}（{code} {words.decode(errors='replace')}）"
        for address, (code, words) in sorted(refused.items())
    )
    later = [address for address, (code, _) in refused.items() if 400 <= code < 500]
    if later:
        return TryLater(f"{host} 暂时不收其中的地址：{said}", WAIT, left=list(refused))
    return Refused(f"{host} 拒收其中的地址：{said}", left=list(refused))


def _failure(host: str, code: int, said: bytes | str) -> Refused | TryLater:
    """Tell a mail server's "later" (4xx) from its "never" (5xx)."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    if 400 <= code < 500:
        return TryLater(f"{host} 暂时不收（{code} {words}）", WAIT)
    return Refused(f"{host} 拒收（{code} {words}）")
