"""Headings of tables about people, organisations and attendance in the nine languages.

Order of the languages: en, ro, cs, bg, sl, lt, lv, sv, fi.
"""

from mentor_desktop.i18n import N_
from mentor_desktop.services.tables_in.fields import Catalogue, Field

_GIVEN_NAME = Field(
    "given_name",
    N_("Given name"),
    "given name, first name, forename, given names, first names, christian name"
    " | prenume, prenumele | křestní jméno, křestní | собствено име, първо име, лично име"
    " | osebno ime, lastno ime | vardai, pirmas vardas | vārdi, priekšvārds"
    " | förnamn, tilltalsnamn | etunimi, etunimet, kutsumanimi",
)
_FAMILY_NAME = Field(
    "family_name",
    N_("Family name"),
    "family name, last name, surname, second name, family names, surnames"
    " | nume de familie, numele de familie | příjmení | фамилия, фамилно име, фамилното име"
    " | priimek, priimki | pavardė, pavardes | uzvārds | efternamn, släktnamn | sukunimi",
)
_FULL_NAME = Field(
    "full_name",
    N_("Whole name"),
    "full name, whole name, name and surname, first and last name, participant name,"
    " name of participant, participant, your name"
    " | nume complet, prenume și nume, prenumele și numele, numele participantului"
    " | celé jméno, jméno a příjmení, jméno účastníka, účastník"
    " | име и фамилия, имена, три имена, пълно име, име на участника, участник"
    " | ime in priimek, polno ime, ime udeleženca, udeleženec"
    " | vardas ir pavardė, vardas pavardė, dalyvis, dalyvio vardas ir pavardė"
    " | vārds un uzvārds, vārds uzvārds, pilns vārds, dalībnieks, dalībnieka vārds"
    " | för- och efternamn, förnamn och efternamn, fullständigt namn, hela namnet, deltagare"
    " | koko nimi, etu- ja sukunimi, etunimi ja sukunimi, osallistuja, osallistujan nimi",
)
FAMILY_FIRST = Field(
    "family_first",
    N_("Whole name"),
    "surname and name, last name and first name, last name first name, surname name"
    " | nume și prenume, numele și prenumele, nume prenume | příjmení a jméno, příjmení jméno"
    " | фамилия и име, фамилия име | priimek in ime, priimek ime | pavardė ir vardas, pavardė vardas"
    " | uzvārds un vārds, uzvārds vārds | efternamn och förnamn, efternamn förnamn"
    " | sukunimi ja etunimi, sukunimi etunimi, suku- ja etunimi",
)
ANY_NAME = Field(
    "any_name",
    N_("Name"),
    "name, names | nume, numele | jméno | име | ime | vardas | vārds | namn | nimi",
)
_EMAIL = Field(
    "email",
    N_("E-mail"),
    "e-mail, email address, mail, contact e-mail | e-mail, adresă de e-mail, email, poșta electronică"
    " | e-mail, e-mailová adresa, emailová adresa | имейл, имейл адрес, ел. поща, електронна поща,"
    " е-поща | e-pošta, e-poštni naslov, elektronska pošta | el. paštas, el. pašto adresas,"
    " elektroninis paštas | e-pasts, e-pasta adrese, elektroniskais pasts"
    " | e-post, e-postadress, mejl, mejladress | sähköposti, sähköpostiosoite, s-posti",
)
_PARTICIPANT_ID = Field(
    "participant_id",
    N_("Participant's number in the file"),
    "participant id, id, person id, participant number, participant code"
    " | id participant, cod participant, număr participant | id účastníka, kód účastníka,"
    " číslo účastníka | номер на участника, код на участника | id udeleženca, šifra udeleženca"
    " | dalyvio numeris, dalyvio kodas, dalyvio id | dalībnieka numurs, dalībnieka kods"
    " | deltagarnummer, deltagar-id | osallistujanumero, osallistujan tunnus",
)
_COUNTRY = Field(
    "country",
    N_("Country"),
    "country, country code, sending country, country of residence | țara, țară, țara de origine"
    " | země, stát | държава, страна | država | šalis, valstybė | valsts | land | maa",
)
_SECTOR = Field(
    "sector",
    N_("Sector"),
    "sector, type of organisation, organisation type | sector, tipul organizației, tip organizație"
    " | sektor, typ organizace | сектор, вид организация, тип организация | sektor, vrsta organizacije"
    " | sektorius, organizacijos tipas, organizacijos rūšis | sektors, nozare, organizācijas veids"
    " | sektor, typ av organisation | sektori, ala, organisaation tyyppi",
)
_NOTE = Field(
    "note",
    N_("Note"),
    "note, notes, remark, remarks, comment, comments | notă, note, observații, comentarii"
    " | poznámka, poznámky, komentář | бележка, бележки, забележка, коментар | opomba, opombe, komentar"
    " | pastaba, pastabos, komentaras | piezīme, piezīmes, komentārs | anmärkning, anteckning,"
    " kommentar | huomautus, huomautukset, huomio, kommentti",
)

PARTICIPANTS = Catalogue(
    (
        _GIVEN_NAME,
        _FAMILY_NAME,
        _FULL_NAME,
        Field(
            "name_latin",
            N_("Name in Latin letters"),
            "name latin, latin name, name in latin letters, romanised name, transliteration"
            " | nume în litere latine, transliterare | jméno latinkou, přepis jména"
            " | име на латиница, латиница, транслитерация | ime v latinici"
            " | vardas lotyniškomis raidėmis | vārds latīņu burtiem | namn med latinska bokstäver"
            " | nimi latinalaisin kirjaimin",
        ),
        Field(
            "badge_name",
            N_("Name on the badge"),
            "badge name, name on badge, name on the badge, nickname, preferred name"
            " | nume pe ecuson, nume ecuson, poreclă | jméno na visačku, jméno na visačce, přezdívka"
            " | име на баджа, име за бадж | ime na priponki, ime za priponko, vzdevek"
            " | vardas ant kortelės, vardas kortelėje | vārds uz piespraudes, vārds uz kartītes"
            " | namn på namnbricka, namnbricka, smeknamn | nimi nimilapussa, nimilappu, lempinimi",
        ),
        Field(
            "name_on_certificate",
            N_("Name on the certificate"),
            "name on certificate, certificate name, name for certificate"
            " | nume pe certificat, nume certificat | jméno na osvědčení, jméno na certifikát"
            " | име на удостоверението, име за удостоверение, име за сертификат"
            " | ime na potrdilu, ime za potrdilo | vardas pažymėjime, vardas ant pažymėjimo"
            " | vārds apliecībā, vārds uz apliecības | namn på intyget, namn på intyg"
            " | nimi todistuksessa, nimi todistukseen",
        ),
        _PARTICIPANT_ID,
        _EMAIL,
        Field(
            "phone",
            N_("Phone"),
            "phone, telephone, phone number, mobile, mobile phone, contact number"
            " | telefon, număr de telefon, mobil | telefon, telefonní číslo, mobil"
            " | телефон, телефонен номер, мобилен телефон, GSM | telefon, telefonska številka, mobitel"
            " | telefonas, telefono numeris, tel. nr. | tālrunis, tālruņa numurs, telefons"
            " | telefon, telefonnummer, mobil | puhelin, puhelinnumero, matkapuhelin",
        ),
        Field(
            "organisation",
            N_("Organisation"),
            "organisation, organization, organisation name, name of organisation, institution,"
            " sending organisation, company, school, employer, affiliation"
            " | organizație, organizația, instituția, instituție, numele organizației,"
            " denumirea organizației | organizace, název organizace, instituce, vysílající organizace"
            " | организация, име на организацията, институция, изпращаща организация"
            " | organizacija, ime organizacije, ustanova, institucija"
            " | organizacija, organizacijos pavadinimas, įstaiga, institucija, siunčianti organizacija"
            " | organizācija, organizācijas nosaukums, iestāde"
            " | organisation, organisationens namn, institution, arbetsplats"
            " | organisaatio, organisaation nimi, lähettävä organisaatio, työpaikka",
        ),
        _SECTOR,
        _COUNTRY,
        Field(
            "gender",
            N_("Gender"),
            "gender, sex | gen, sex, genul | pohlaví, gender | пол | spol | lytis | dzimums | kön"
            " | sukupuoli",
        ),
        Field(
            "birth_year",
            N_("Year of birth"),
            "birth year, year of birth, born, date of birth, birth date, birthday"
            " | anul nașterii, an naștere, data nașterii | rok narození, ročník, datum narození"
            " | година на раждане, рождена година, дата на раждане | leto rojstva, datum rojstva"
            " | gimimo metai, gimimo data | dzimšanas gads, dzimšanas datums"
            " | födelseår, född, födelsedatum | syntymävuosi, syntymäaika",
        ),
        Field(
            "role",
            N_("Role"),
            "role, position, function, occupation, job title | rol, funcție, funcția, ocupație"
            " | role, funkce, pozice | роля, длъжност, позиция | vloga, funkcija, položaj"
            " | vaidmuo, pareigos | loma, amats, ieņemamais amats | roll, befattning, funktion"
            " | rooli, tehtävä, ammatti",
        ),
        Field(
            "preferred_language",
            N_("Preferred language"),
            "preferred language, language, mother tongue, languages"
            " | limba preferată, limba, limba maternă | preferovaný jazyk, jazyk"
            " | предпочитан език, език | želeni jezik, jezik | pageidaujama kalba, kalba"
            " | vēlamā valoda, valoda | önskat språk, språk | toivottu kieli, kieli, äidinkieli",
        ),
        Field(
            "support_needs",
            N_("Support needs"),
            "support needs, special needs, access needs, support request, diet, dietary needs,"
            " dietary requirements | nevoi speciale, nevoi de sprijin, cerințe speciale, dietă"
            " | zvláštní potřeby, potřeba podpory, speciální potřeby, dieta"
            " | специални нужди, нужда от подкрепа, хранителни изисквания, диета"
            " | posebne potrebe, potreba po podpori, prehrana, dieta"
            " | specialieji poreikiai, pagalbos poreikis, mityba"
            " | īpašas vajadzības, vajadzīgais atbalsts, uzturs"
            " | särskilda behov, stödbehov, specialkost, kost"
            " | erityistarpeet, tuen tarve, erityisruokavalio, ruokavalio",
        ),
        Field(
            "registration",
            N_("Registration"),
            "registration, registration status, status, state, registration state"
            " | înregistrare, stare înregistrare, statut | registrace, stav registrace, stav, přihláška"
            " | регистрация, статус, състояние | registracija, prijava, stanje prijave, status"
            " | registracija, registracijos būsena, būsena | reģistrācija, pieteikums, statuss"
            " | anmälan, anmälningsstatus, status | ilmoittautuminen, ilmoittautumisen tila, tila",
        ),
        Field(
            "photo_consent",
            N_("Photo choice"),
            "photo consent, photo, photos, photo choice, photo permission, pictures"
            " | acord foto, fotografii, consimțământ foto | souhlas s focením, fotografie, foto"
            " | съгласие за снимки, снимки | soglasje za fotografiranje, fotografije, fotografiranje"
            " | sutikimas fotografuoti, fotografavimas, nuotraukos | piekrišana fotografēšanai,"
            " fotografēšana, foto | fotosamtycke, foto, bilder | kuvauslupa, valokuvat, kuvat",
        ),
        _NOTE,
    ),
    required=(("given_name", "full_name"),),
)

ATTENDANCE = Catalogue(
    (
        _PARTICIPANT_ID,
        _EMAIL,
        Field("full_name", N_("Name"), _FULL_NAME.words),
        _GIVEN_NAME,
        _FAMILY_NAME,
        Field(
            "slot",
            N_("Half-day"),
            "slot, half-day, slot code, session, part | interval, jumătate de zi, sesiune"
            " | blok, půlden, část | полудневие, половин ден, сесия | termin, poldan, sklop"
            " | pusdienis, dalis, sesija | pusdiena, daļa, sesija | halvdag, pass"
            " | puolipäivä, jakso, osuus",
        ),
        Field(
            "status",
            N_("Attendance"),
            "status, attendance, mark, presence | statut, prezență, prezența | stav, účast, docházka,"
            " prezence | статус, присъствие | status, prisotnost, udeležba | būsena, dalyvavimas,"
            " lankomumas | statuss, dalība, apmeklējums | status, närvaro | tila, läsnäolo",
        ),
        Field(
            "arrived_at",
            N_("Arrived"),
            "arrived at, arrived, arrival, arrival time | sosit la, sosire, ora sosirii"
            " | příchod, čas příchodu | пристигна, час на пристигане, пристигане"
            " | prihod, čas prihoda | atvyko, atvykimo laikas | ieradās, ierašanās laiks"
            " | kom, ankomst, ankomsttid | saapui, saapumisaika",
        ),
        Field(
            "left_at",
            N_("Left"),
            "left at, left, departure, departure time | plecat la, plecare, ora plecării"
            " | odchod, čas odchodu | тръгна, час на тръгване, тръгване | odhod, čas odhoda"
            " | išvyko, išvykimo laikas, išėjo | aizgāja, aiziešanas laiks | gick, avgång, sluttid"
            " | lähti, lähtöaika, poistui",
        ),
        Field(
            "gaps",
            N_("Away between"),
            "gaps, away, absent between | absențe, pauze | nepřítomnost od do, mezery"
            " | отсъствия, прекъсвания | odsotnosti, vrzeli | nebuvo nuo iki, tarpai"
            " | prombūtne, pārtraukumi | luckor, borta | poissaolot, tauot",
        ),
        _NOTE,
    ),
    required=(("participant_id", "email", "full_name", "given_name"), ("slot",), ("status",)),
)

ORGANISATIONS = Catalogue(
    (
        Field(
            "name",
            N_("Name"),
            "name, organisation, organization, organisation name, name of organisation, official name"
            " | nume, denumire, organizația, numele organizației, denumirea organizației"
            " | název, organizace, název organizace, jméno | име, наименование, организация,"
            " име на организацията | ime, naziv, organizacija, ime organizacije, naziv organizacije"
            " | pavadinimas, organizacija, organizacijos pavadinimas | nosaukums, organizācija,"
            " organizācijas nosaukums | namn, organisation, organisationens namn"
            " | nimi, organisaatio, organisaation nimi",
        ),
        Field(
            "name_latin",
            N_("Name in Latin letters"),
            "name latin, latin name, name in latin letters | denumire în litere latine"
            " | název latinkou | наименование на латиница, име на латиница | ime v latinici"
            " | pavadinimas lotyniškomis raidėmis | nosaukums latīņu burtiem"
            " | namn med latinska bokstäver | nimi latinalaisin kirjaimin",
        ),
        Field(
            "short_name",
            N_("Short name"),
            "short name, abbreviation, acronym | denumire scurtă, abreviere, acronim"
            " | zkratka, krátký název | кратко име, съкращение | kratko ime, kratica"
            " | trumpas pavadinimas, santrumpa | īsais nosaukums, saīsinājums"
            " | kortnamn, förkortning | lyhyt nimi, lyhenne",
        ),
        _SECTOR,
        Field(
            "subtype",
            N_("Kind of organisation"),
            "subtype, detailed type | subtip | podtyp | подвид | podvrsta | potipis | apakšveids"
            " | undertyp | alatyyppi",
        ),
        Field(
            "kind",
            N_("Own, partner or external"),
            "kind, relation, relation to project, project role | relație, relația cu proiectul"
            " | vztah, vztah k projektu | отношение, отношение към проекта | odnos, odnos do projekta"
            " | ryšys, ryšys su projektu | saistība, saistība ar projektu | relation, roll i projektet"
            " | suhde, suhde hankkeeseen",
        ),
        _COUNTRY,
        Field(
            "city",
            N_("Town"),
            "city, town, place | oraș, localitate | město, obec | град, населено място | mesto, kraj"
            " | miestas, vietovė | pilsēta | ort, stad | kaupunki, paikkakunta",
        ),
        Field(
            "address",
            N_("Address"),
            "address, postal address, street address | adresă, adresa, adresa poștală"
            " | adresa, poštovní adresa | адрес, пощенски адрес | naslov, poštni naslov"
            " | adresas, pašto adresas | adrese, pasta adrese | adress, postadress"
            " | osoite, postiosoite",
        ),
        Field("oid", N_("OID"), " | ".join(["oid, organisation id"] + ["oid"] * 8)),
        Field("pic", N_("PIC"), " | ".join(["pic, pic number"] + ["pic"] * 8)),
        Field(
            "website",
            N_("Website"),
            "website, web, web page, homepage, url | site, pagină web, website | web, webové stránky"
            " | уебсайт, сайт, интернет страница | spletna stran, splet | svetainė, interneto svetainė"
            " | tīmekļa vietne, mājaslapa | webbplats, hemsida | verkkosivu, kotisivu, verkkosivusto",
        ),
        Field(
            "legal_representative",
            N_("Legal representative"),
            "legal representative, representative, signatory | reprezentant legal"
            " | statutární zástupce, zákonný zástupce | законен представител, представляващ"
            " | zakoniti zastopnik | teisėtas atstovas, vadovas | likumiskais pārstāvis,"
            " paraksttiesīgā persona | laglig företrädare, firmatecknare | laillinen edustaja,"
            " nimenkirjoittaja",
        ),
        Field(
            "legal_representative_function",
            N_("Function of the legal representative"),
            "legal representative function, function of legal representative, function"
            " | funcția reprezentantului legal, funcție | funkce zástupce, funkce"
            " | длъжност на представителя, длъжност | funkcija zastopnika, funkcija"
            " | atstovo pareigos, pareigos | pārstāvja amats, amats | företrädarens funktion, funktion"
            " | edustajan asema, asema",
        ),
    ),
    required=(("name",),),
)
