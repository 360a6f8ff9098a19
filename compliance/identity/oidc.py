"""Finding the person whom an OpenID Connect provider vouches for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.identity.errors import WrongCredentialsError
from compliance.identity.logins import Credentials, credentials_of
from compliance.identity.models import Person


def find_person(session: Session, *, issuer: str, subject: str, email: str | None) -> Credentials:
    """The person bound to the subject; at first, the one with the verified address is bound.

    Raises WrongCredentialsError where there is none, or the address is bound to another subject.
    """
    name = f"{issuer} {subject}"
    person = session.scalars(select(Person).where(Person.oidc_subject == name)).one_or_none()
    if person is None and email:
        person = session.scalars(
            select(Person).where(Person.email == email.strip().lower()).with_for_update()
        ).one_or_none()
        if person is not None and person.oidc_subject not in (None, name):
            raise WrongCredentialsError
        if person is not None:
            person.oidc_subject = name
            session.flush()
    if person is None:
        raise WrongCredentialsError
    return credentials_of(session, person.id)
