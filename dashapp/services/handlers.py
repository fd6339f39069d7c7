"""Which function does which kind of job; a new kind is one more line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Kind of job → "module:function", resolved in the job's own process, never in a web worker.
HANDLERS: Mapping[str, str] = MappingProxyType(
    {
        "import": "dashapp.services.importing:import_file",
        "preview": "dashapp.services.previews:preview_file",
        "mend": "dashapp.services.corrected_rows:mend_rows",
        "sample": "dashapp.services.importing:make_sample",
        "columns": "dashapp.services.importing:change_columns",
        "load_model": "dashapp.services.training:load_model",
        "train": "dashapp.services.training:train",
        "apply": "dashapp.services.apply_model:apply_model",
        "listing": "dashapp.services.large_data:list_places",
        "survey": "dashapp.services.large_data:read_large",
        "write": "dashapp.services.large_data:write_back",
        "score": "dashapp.services.scoring:score_file",
        "export": "dashapp.services.export_jobs:export_file",
        "large_export": "dashapp.services.export_jobs:export_file",
    }
)
