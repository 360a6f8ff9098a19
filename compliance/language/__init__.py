"""Two languages, equal: bilingual texts of the catalogue and the words of the interface.

In: texts in English and Simplified Chinese. Out: `Text`, `Texts`, `Language`, and for each
language the gettext translations of the interface. Knows nothing of the field or of Flask.
"""

from compliance.language.text import Language, Text, Texts
from compliance.language.translations import compile_stale, directories, translations

__all__ = ["Language", "Text", "Texts", "compile_stale", "directories", "translations"]
