import type { Reference } from '../../src/lib/api/types';

const both = (fr: string, en: string) => ({ fr, en });

/** A short form of the value lists that the real server gives. */
export const reference: Reference = {
  host: 'Ville de Bellerive',
  group_creation: 'members',
  categories: [
    { code: 'authority', label: both('Collectivité', 'Local authority') },
    { code: 'developer', label: both('Aménageur ou promoteur', 'Developer') },
    { code: 'innovator', label: both('Porteur de solution', 'Innovator') },
    { code: 'facilitator', label: both('Accompagnateur', 'Facilitator') },
    { code: 'research', label: both('Recherche', 'Research') },
    { code: 'social_economy', label: both('Économie sociale et solidaire', 'Social economy') },
    { code: 'association', label: both('Association', 'Association') },
    { code: 'resident', label: both('Habitant, habitante', 'Resident') },
    { code: 'user', label: both('Usager', 'User') }
  ],
  themes: [
    { code: 'energy', label: both('Énergie', 'Energy') },
    { code: 'waste', label: both('Déchets et économie circulaire', 'Waste and circular economy') },
    { code: 'mobility', label: both('Mobilité', 'Mobility') }
  ],
  phases: [
    { code: 'idea', label: both('Idée', 'Idea'), steps: [both('Dire le besoin', 'State the need')] },
    { code: 'need', label: both('Besoin', 'Need'), steps: [both('Décrire les usages', 'Describe the uses')] },
    {
      code: 'partnership',
      label: both('Partenariat', 'Partnership'),
      steps: [
        both('Réunir les catégories qui manquent', 'Bring in the missing categories'),
        both('Écrire qui fait quoi', 'Write down who does what')
      ]
    },
    { code: 'experiment', label: both('Expérimentation', 'Experiment'), steps: [both('Choisir un lieu', 'Choose a place')] },
    { code: 'evaluation', label: both('Évaluation', 'Evaluation'), steps: [both('Mesurer', 'Measure')] },
    { code: 'deployment', label: both('Déploiement', 'Deployment'), steps: [both('Partager la méthode', 'Share the method')] }
  ]
};
