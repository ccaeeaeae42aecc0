import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Person = Schemas['Person'];
export type Organisation = Schemas['Organisation'];
export type NewOrganisation = Schemas['NewOrganisation'];
export type Reference = Schemas['Reference'];
export type Territory = Schemas['Territory'];
export type Session = Schemas['Session'];
export type GroupCard = Schemas['GroupCard'];
export type Group = Schemas['Group'];
export type NewGroup = Schemas['NewGroup'];
export type Membership = Schemas['Membership'];
export type JoinRequest = Schemas['JoinRequest'];
export type Invitation = Schemas['Invitation'];
export type MyInvitation = Schemas['MyInvitation'];
export type InvitationOffer = Schemas['InvitationOffer'];
export type Nda = Schemas['Nda'];
export type NdaVersion = Schemas['NdaVersion'];
export type AgreementText = Schemas['AgreementText'];
export type AcceptanceFor = Schemas['AcceptanceFor'];
export type OrganisationState = Schemas['OrganisationState'];
export type Signatory = Schemas['Signatory'];
export type SignatureOffer = Schemas['SignatureOffer'];
export type Receipt = Schemas['Receipt'];
export type Confirmation = Schemas['Confirmation'];
export type MyAcceptance = Schemas['MyAcceptance'];
export type MyReceipt = Schemas['MyReceipt'];
export type PendingMember = Schemas['PendingMember'];
export type RegisterEntry = Schemas['RegisterEntry'];
export type Circle = Schemas['Circle'];
export type Thread = Schemas['Thread'];
export type Post = Schemas['Post'];
/** A document; `Document` is the browser's. */
export type GroupDocument = Schemas['Document'];
export type DocumentVersion = Schemas['Version'];
export type Release = Schemas['Release'];
export type SquareEntry = Schemas['SquareEntry'];
export type Reaction = Schemas['Reaction'];
export type Role = Schemas['Role'];
export type Language = Schemas['Language'];
export type LogEvent = Omit<Schemas['Event'], 'data'> & {
  data: {
    thread_id?: string;
    post_id?: string;
    number?: number;
    member_id?: string;
    release_id?: string;
    document_id?: string;
    version?: number;
    post?: Post;
  };
};
export type AuditEntry = Omit<Schemas['AuditEntry'], 'data'> & {
  data: {
    from?: string;
    to?: string;
    reason?: string;
    version?: number;
    /** As whom somebody read. */
    as?: string;
    operation?: string;
    /** The number of a passage. */
    passage?: number;
  };
};
