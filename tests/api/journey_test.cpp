// The journey that everything else serves: invited, agreement, first reply, proof.
#include <boost/test/unit_test.hpp>

#include "tests/support/instance.hpp"

using namespace margelle;
using namespace margelle::tests;

BOOST_AUTO_TEST_SUITE(journey)

BOOST_AUTO_TEST_CASE(a_newcomer_reads_nothing_before_accepting_and_everything_after) {
    Instance instance;
    Cast cast(instance);
    const Answer before = cast.newcomer.get(cast.path + "/threads");
    BOOST_TEST(before.status == 403);
    BOOST_TEST(before.problem() == "nda-required");
    BOOST_TEST(before.json()["nda_version"] == 2);
    cast.accept(cast.newcomer);
    BOOST_TEST(cast.newcomer.get(cast.path + "/threads").json()["items"].size() == 1u);
    const Answer reply = cast.newcomer.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", "Derrière la **chaufferie**."}, {"reply_to", cast.post}});
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.json()["body_html"] == "<p>Derrière la <strong>chaufferie</strong>.</p>\n");
    BOOST_TEST(reply.json()["in_reply_to"]["author_name"] == "Mehdi Member");
}

BOOST_AUTO_TEST_CASE(a_receipt_verifies_and_a_changed_one_does_not) {
    Instance instance;
    Cast cast(instance);
    Json receipt = cast.member.get(cast.path + "/nda/acceptances/" + cast.member.member + "/receipt").json();
    const std::string key = instance.keys.front().public_pem();
    BOOST_TEST(verify_receipt(receipt, key));
    BOOST_TEST(!verify_receipt(receipt, SigningKey::generate().public_pem()));
    receipt["full_name"] = "Somebody Else";
    BOOST_TEST(!verify_receipt(receipt, key));
}

BOOST_AUTO_TEST_SUITE_END()
