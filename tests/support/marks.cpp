#include "tests/support/marks.hpp"

#include <boost/test/unit_test.hpp>

namespace margelle::tests {
namespace {

void require(const Answer& answer, int status) {
    if (answer.status != status) throw std::runtime_error("arranging the hunt: " + std::to_string(answer.status) + " " + answer.body);
}

}  // namespace

MarkedWorld::MarkedWorld() {
    Client& moderator = cast.moderator;
    const auto etag = moderator.get(cast.path).etag();
    require(moderator.patch(cast.path, {{"name", in_card + " un"}, {"purpose", in_card + " deux"}, {"charter", in_content + " charte"}, {"milestones", {{{"title", in_content + " jalon"}, {"date", "2027-01-01"}}}}}, {{"if-match", etag}}), 200);
    require(moderator.post(cast.path + "/nda/versions", {{"kind", "minor"}, {"text", in_agreement + " texte"}, {"summary", in_agreement + " clair"}}), 201);
    require(cast.member.patch(cast.path + "/threads/" + cast.thread, {{"title", in_content + " titre"}}, {{"if-match", cast.member.get(cast.path + "/threads/" + cast.thread).etag()}}), 200);
    require(cast.member.patch(cast.path + "/posts/" + cast.post, {{"body", in_content + " récrit, @" + in_content}}, {{"if-match", cast.member.get(cast.path + "/posts/" + cast.post).etag()}}), 200);
    const Answer old = cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", in_content + " effacé"}, {"reply_to", cast.post}});
    require(old, 201);
    deleted_post = old.json()["id"];
    require(cast.member.remove(cast.path + "/posts/" + deleted_post), 204);
    require(cast.member.post(cast.path + "/threads/" + cast.thread + "/posts", {{"body", in_content + " [@Rosa](mention:" + cast.revoked.member + ")"}}), 201);

    const Answer made = moderator.post(cast.path + "/circles", {{"name", in_circle_name}, {"members", {cast.observer.member, cast.member.member}}});
    require(made, 201);
    circle = made.json()["id"];
    const Answer started = cast.member.post(cast.path + "/threads", {{"title", in_circle + " titre"}, {"body", in_circle + " corps"}, {"circle", circle}});
    require(started, 201);
    circle_thread = started.json()["id"];
    circle_post = cast.member.get(cast.path + "/threads/" + circle_thread + "/posts").items()[0]["id"];

    document = cast.document(cast.member, in_content + " plan.txt", in_content + " contenu du fichier");
    circle_document = cast.document(cast.member, in_circle + " plan.txt", in_circle + " contenu du fichier", circle);

    Client robot = cast.bot();
    bot = robot.member;
    require(moderator.patch(cast.path + "/bots/" + bot, {{"name", in_content + " robot"}}, {{"if-match", "\"r1\""}}), 200);
    const Answer posted = robot.post(cast.path + "/datasets", dataset_of(in_content, {{"title", in_content + " jeu"}, {"description", in_content}, {"publisher", in_content}}));
    require(posted, 201);
    dataset = posted.json()["id"];
    const Answer subscribed = moderator.post(cast.path + "/subscriptions", {{"kind", "udata"}, {"portal", "https://example.org"}, {"query", in_content}});
    require(subscribed, 201);
    subscription = subscribed.json()["id"];

    const auto propose = [&](const std::string& mark, const std::string& thread, const std::string& post) {
        const Answer proposed = cast.member.post(cast.path + "/releases", {{"title", mark + " bilan"}, {"summary", mark + " en bref"}, {"thread", thread}, {"posts", {post}}});
        require(proposed, 201);
        return proposed.json()["id"].get<std::string>();
    };
    release = propose(in_content, cast.thread, cast.post);
    circle_release = propose(in_circle, circle_thread, circle_post);
    instance.settle_audit();
}

const std::vector<Hunter>& hunters() {
    static const std::vector<std::string> content{in_content, in_circle, in_circle_name};
    static const std::vector<Hunter> list{
        {"anonymous", &Cast::anonymous, all_marks},
        {"outsider", &Cast::outsider, all_marks},
        {"revoked", &Cast::revoked, content},
        {"invited", &Cast::invited, {in_agreement, in_content, in_circle, in_circle_name}},
        {"newcomer", &Cast::newcomer, content},
        {"outdated", &Cast::outdated, content},
        {"moderator outside the circle", &Cast::moderator, {in_circle}},
    };
    return list;
}

Channel::~Channel() { BOOST_TEST_MESSAGE("marker hunt: " << name_ << ": " << searched_ << " texts, " << bytes_ << " bytes searched"); }

void Channel::search(const std::string& where, const std::string& text, const std::vector<std::string>& forbidden) {
    ++searched_;
    bytes_ += text.size();
    for (const std::string& mark : forbidden)
        BOOST_TEST(text.find(mark) == std::string::npos, mark << " by " << name_ << ", " << where << ": " << text.substr(0, 300));
}

}  // namespace margelle::tests
