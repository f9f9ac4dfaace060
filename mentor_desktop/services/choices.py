"""The closed lists of answers a record can hold, with the words people see for them.

Codes are stored and exchanged; their order here is the order in which choices are offered.
"""

from collections.abc import Mapping

from mentor_desktop.i18n import N_, _

Choices = Mapping[str, str]

GENDERS: Choices = {
    "female": N_("Female"),
    "male": N_("Male"),
    "non_binary": N_("Non-binary"),
    "self_described": N_("Self-described"),
    "undisclosed": N_("Not disclosed"),
}
PHOTO_CHOICES: Choices = {
    "yes_all": N_("Photos yes"),
    "group_only": N_("Group photos only"),
    "no": N_("No photos"),
    "not_asked": N_("Not asked yet"),
}
PERSON_ROLES: Choices = {
    "mentor": N_("Mentor"),
    "mentee": N_("Mentee"),
    "trainer": N_("Trainer"),
    "teacher": N_("Teacher"),
    "youth_worker": N_("Youth worker"),
    "student": N_("Student"),
    "intern": N_("Intern"),
    "volunteer": N_("Volunteer"),
    "young_professional": N_("Young professional"),
    "practice_supervisor": N_("Practice supervisor"),
    "employee": N_("Employee"),
    "coordinator": N_("Coordinator"),
}
SECTORS: Choices = {
    "education": N_("Education"),
    "business": N_("Business"),
    "ngo": N_("Non-profit"),
    "public": N_("Public body"),
    "other": N_("Other"),
}
SUBTYPES: Choices = {
    "school": N_("School"),
    "vet_provider": N_("Vocational training provider"),
    "university": N_("University"),
    "adult_education": N_("Adult education"),
    "sme": N_("Small or medium company"),
    "large_company": N_("Large company"),
    "association": N_("Association"),
    "foundation": N_("Foundation"),
    "chamber": N_("Chamber"),
    "municipality": N_("Municipality"),
    "ministry": N_("Ministry"),
    "employment_service": N_("Employment service"),
    "other": N_("Other"),
}
ORGANISATION_KINDS: Choices = {
    "own": N_("Our own"),
    "partner": N_("Partner"),
    "external": N_("External"),
}
PROJECT_ROLES: Choices = {
    "coordinator": N_("Coordinator"),
    "beneficiary": N_("Beneficiary"),
    "associated_partner": N_("Associated partner"),
    "sending": N_("Sending organisation"),
    "hosting": N_("Hosting organisation"),
    "venue": N_("Venue"),
    "subcontractor": N_("Subcontractor"),
    "funder": N_("Funder"),
}
PROGRAMMES: Choices = {
    "erasmus_plus": N_("Erasmus+"),
    "nordplus": N_("Nordplus"),
    "national": N_("National programme"),
    "other": N_("Other"),
}
FUNDING_MODELS: Choices = {
    "unit_cost": N_("Unit costs"),
    "lump_sum": N_("Lump sum"),
    "real_cost": N_("Real costs"),
    "none": N_("No funding"),
}
EVENT_KINDS: Choices = {
    "training": N_("Training"),
    "pilot_training": N_("Pilot training"),
    "train_the_trainer": N_("Train the trainer"),
    "dissemination": N_("Dissemination event"),
    "multiplier": N_("Multiplier event"),
    "partner_meeting": N_("Partner meeting"),
    "peer_coaching_circle": N_("Peer coaching circle"),
}
WORKSHOP_STATUSES: Choices = {
    "planned": N_("Planned"),
    "open": N_("Open for registration"),
    "running": N_("Running"),
    "closed": N_("Closed"),
    "archived": N_("Archived"),
    "cancelled": N_("Cancelled"),
}
RULE_KINDS: Choices = {
    "minutes_pct": N_("Share of the minutes"),
    "slots_pct": N_("Share of the half-days"),
    "all_slots": N_("Every half-day"),
    "named_items": N_("Certain agenda items"),
    "none": N_("No condition"),
}
ITEM_TYPES: Choices = {
    "registration": N_("Registration"),
    "opening": N_("Opening"),
    "learning": N_("Learning"),
    "practice": N_("Practice"),
    "evaluation": N_("Evaluation"),
    "closing": N_("Closing"),
    "break": N_("Break"),
    "meal": N_("Meal"),
    "social": N_("Social programme"),
    "travel": N_("Travel"),
}
# What an agenda item of a type counts for, unless somebody says otherwise.
COUNTING_ITEM_TYPES = frozenset({"opening", "learning", "practice", "evaluation", "closing"})

REGISTRATION_ROLES: Choices = {
    "participant": N_("Participant"),
    "trainer": N_("Trainer"),
    "organiser": N_("Organiser"),
    "interpreter": N_("Interpreter"),
    "observer": N_("Observer"),
    "guest": N_("Guest"),
}
REGISTRATION_SOURCES: Choices = {
    "invited": N_("Invited"),
    "form_import": N_("Imported"),
    "manual": N_("Entered by hand"),
    "walk_in": N_("Walk-in"),
    "replacement": N_("Replacement"),
}
REGISTRATION_STATES: Choices = {
    "invited": N_("Invited"),
    "registered": N_("Registered"),
    "confirmed": N_("Confirmed"),
    "waiting_list": N_("Waiting list"),
    "declined": N_("Declined"),
    "cancelled": N_("Cancelled"),
    "no_show": N_("Did not come"),
    "attending": N_("Attending"),
    "completed": N_("Completed"),
    "withdrew": N_("Withdrew"),
}
# Who counts as attending: everybody with a place who did not give it up. Invited people
# have not answered, waiting people have no place.
ATTENDING_STATES = frozenset({"registered", "confirmed", "attending", "completed"})
# Who stands on the printed list: the same, and those who turned out not to come.
LISTED_STATES = ATTENDING_STATES | {"no_show", "withdrew"}

CONSENT_PURPOSES: Choices = {
    "photo_taking": N_("Being photographed"),
    "photo_website": N_("Photos on the website"),
    "photo_social_media": N_("Photos in social media"),
    "photo_funder_report": N_("Photos in the report to the funder"),
    "directory": N_("Listing in the directory"),
    "support_needs": N_("Keeping diet and access needs for this event"),
    "contact_later": N_("Being contacted about later events"),
}
PHOTO_PURPOSES = frozenset(purpose for purpose in CONSENT_PURPOSES if purpose.startswith("photo_"))
CONSENT_WAYS: Choices = {
    "paper_signed": N_("Signed on paper"),
    "ticked": N_("Ticked"),
    "oral_noted": N_("Said, and noted"),
}


def label(choices: Choices, code: str) -> str:
    """Return the words for a code in the current language; the code itself when unknown."""
    return _(choices[code]) if code in choices else code


def offered(choices: Choices) -> list[tuple[str, str]]:
    """Return (code, words) pairs in the order to offer them."""
    return [(code, _(words)) for code, words in choices.items()]
