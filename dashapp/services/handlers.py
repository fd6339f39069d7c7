"""Which function handles which kind of job; add one line here for a new kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Kind of job → "module:function", resolved in the job's own process, never in a web worker.
HANDLERS: Mapping[str, str] = MappingProxyType(
    {
        "import": "dashapp.services.data_import.import_jobs:import_file",
        "preview": "dashapp.services.data_import.previews:preview_file",
        "mend": "dashapp.services.data_import.merge_corrections:mend_rows",
        "sample": "dashapp.services.data_import.import_jobs:make_sample",
        "columns": "dashapp.services.data_import.import_jobs:change_columns",
        "load_model": "dashapp.services.train_models:load_model",
        "train": "dashapp.services.train_models:train",
        "apply": "dashapp.services.apply_model:apply_model",
        "listing": "dashapp.services.large.large_sets:list_places",
        "survey": "dashapp.services.large.large_sets:read_large",
        "write": "dashapp.services.large.large_sets:write_back",
        "score": "dashapp.services.score_customers:score_file",
        "export": "dashapp.services.export_jobs:export_file",
        "large_export": "dashapp.services.export_jobs:export_file",
    }
)
