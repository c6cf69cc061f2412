import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { evidentlyImporter } from './formats/evidently';
import { garakImporter, ProbeReferences } from './formats/garak';
import { greatExpectationsImporter } from './formats/greatExpectations';
import { nannymlImporter } from './formats/nannyml';
import { otelGenAiImporter } from './formats/otelGenAi';
import { plainImporter } from './formats/plain';
import { promptfooImporter } from './formats/promptfoo';
import { sodaImporter } from './formats/soda';

/** What the families of attacks of each tool are about; see `RiskLists`. Can be handed from thread to thread. */
export interface ImporterLists {
  garak: ProbeReferences;
  promptfoo: ProbeReferences;
}

/** The importers that the suite brings. */
export function ownImporters(lists: ImporterLists): ReportImporter[] {
  return [
    evidentlyImporter,
    garakImporter(lists.garak),
    greatExpectationsImporter,
    nannymlImporter,
    otelGenAiImporter,
    plainImporter,
    promptfooImporter(lists.promptfoo),
    sodaImporter,
  ];
}
