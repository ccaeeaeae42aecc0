#pragma once
// For the marker hunt: unique marks in everything confidential, who may not meet them, and the search itself.
#include <string>
#include <vector>

#include "tests/support/instance.hpp"

namespace margelle::tests {

// Marks by what they stand in. One word each, and no word of any text of ours.
inline const std::string in_card = "Zorblaxcard", in_agreement = "Zorblaxaccord", in_content = "Zorblaxcontent", in_circle = "Zorblaxcircle",
                         in_circle_name = "Zorblaxname";
inline const std::vector<std::string> all_marks{in_card, in_agreement, in_content, in_circle, in_circle_name};

// A hidden group whose card, agreement, content and circle bear marks.
struct MarkedWorld {
    MarkedWorld();

    Instance instance;
    Cast cast{instance, "nda", "hidden"};
    std::string circle, circle_thread, circle_post, deleted_post, release, circle_release, document, circle_document, bot, dataset, subscription;
};

struct Hunter {
    const char* name;
    Client Cast::*client;
    std::vector<std::string> forbidden;
};

// Who was removed keeps their receipts, with the group's name and the text that they accepted; those at the door read the
// card and, once they are members, the agreement.
const std::vector<Hunter>& hunters();

// One way by which something could get out. Says at its end how much it searched.
class Channel {
public:
    explicit Channel(std::string name) : name_(std::move(name)) {}
    ~Channel();
    void search(const std::string& where, const std::string& text, const std::vector<std::string>& forbidden);
    int searched() const { return searched_; }

private:
    std::string name_;
    int searched_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace margelle::tests
